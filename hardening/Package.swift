// swift-tools-version:6.2
import PackageDescription

// Checks that need instruments, in a package of their own: the main graph never sees a sanitizer. The
// modules under test are links to the main package's sources. `scripts/fuzz` builds them with coverage
// and address checks; `scripts/secret-flow` builds them as they ship (INSTRUMENT=memcheck).

let usesMemcheck = Context.environment["INSTRUMENT"] == "memcheck"
let sanitizers = usesMemcheck ? [] : ["-sanitize=fuzzer,address"]
// C that unpacks what others have written is checked like the Swift around it, and counts as code to reach.
let clangSanitizers = usesMemcheck ? [] : ["-fsanitize=address,fuzzer-no-link"]

let settings: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .strictMemorySafety(),
  .unsafeFlags(sanitizers),
]

func module(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
  .target(name: name, dependencies: dependencies, swiftSettings: settings)
}

let modules: [Target] = [
  .systemLibrary(name: "CSodium", pkgConfig: "libsodium"),
  .target(name: "CKernels", cSettings: [.unsafeFlags(clangSanitizers)]),
  module("RingArithmetic", ["CKernels"]),
  module("CryptoPrimitives", ["CSodium"]),
  module("SecureAggregation", ["CryptoPrimitives", "RingArithmetic"]),
]

let fuzzers: [Target] = [
  .executableTarget(
    name: "fuzz-decoders",
    dependencies: ["CryptoPrimitives", "RingArithmetic", "SecureAggregation"],
    swiftSettings: settings,
    // The linker that Debian installs by default cannot link sanitized Swift.
    linkerSettings: [.unsafeFlags(sanitizers + ["-use-ld=lld"])])
]

let secretFlow: [Target] = [
  .target(name: "CMemcheck"),
  .executableTarget(
    name: "secret-flow",
    dependencies: ["CMemcheck", "CryptoPrimitives", "RingArithmetic", "SecureAggregation"],
    swiftSettings: settings),
]

let package = Package(
  name: "hardening",
  platforms: [.macOS(.v15)],
  targets: modules + (usesMemcheck ? secretFlow : fuzzers))
