// swift-tools-version:6.2
import PackageDescription

// Fuzz targets, in a package of their own: the main graph never sees a sanitizer. The modules under
// test are links to the main package's sources, built here with coverage and address checks.

let sanitizers = ["-sanitize=fuzzer,address"]

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

let package = Package(
  name: "fuzz",
  platforms: [.macOS(.v15)],
  targets: [
    .systemLibrary(name: "CSodium", pkgConfig: "libsodium"),
    .target(name: "CKernels"),
    module("RingArithmetic", ["CKernels"]),
    module("CryptoPrimitives", ["CSodium"]),
    module("SecureAggregation", ["CryptoPrimitives", "RingArithmetic"]),
    .executableTarget(
      name: "fuzz-decoders", dependencies: ["CryptoPrimitives", "RingArithmetic", "SecureAggregation"],
      swiftSettings: settings,
      // The linker that Debian installs by default cannot link sanitized Swift.
      linkerSettings: [.unsafeFlags(sanitizers + ["-use-ld=lld"])]),
  ]
)
