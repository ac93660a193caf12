// swift-tools-version:6.2
import PackageDescription

/// Every target is built with the same settings: Swift 6 mode, explicit imports, memory safety
/// spelled out with `unsafe`, and no warning left standing.
let strictSettings: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .strictMemorySafety(),
  .treatAllWarnings(as: .error),
]

/// A library target.
///
/// `layer` is the row of the module table in ARCHITECTURE.md; `scripts/lint` fails when a
/// dependency points to the same or a higher layer number than its own target's.
func module(_ name: String, layer: Int, _ dependencies: [Target.Dependency] = []) -> Target {
  .target(name: name, dependencies: dependencies, swiftSettings: strictSettings)
}

func tests(_ module: String, _ dependencies: [Target.Dependency] = []) -> Target {
  .testTarget(
    name: module + "Tests",
    dependencies: [.target(name: module), "TestSupport"] + dependencies,
    swiftSettings: strictSettings)
}

let argumentParser = Target.Dependency.product(
  name: "ArgumentParser", package: "swift-argument-parser")
let yams = Target.Dependency.product(name: "Yams", package: "Yams")

let package = Package(
  name: "silhouette",
  platforms: [.macOS(.v15)],
  products: [.executable(name: "silhouette", targets: ["silhouette"])],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
  ],
  targets: [
    // System libraries: a header and a link line, no code of ours.
    .systemLibrary(
      name: "CSodium", pkgConfig: "libsodium",
      providers: [.apt(["libsodium-dev"]), .brew(["libsodium"])]),
    .systemLibrary(
      name: "CBLAS", pkgConfig: "openblas", providers: [.apt(["libopenblas-dev"])]),
    .systemLibrary(
      name: "CArchive", pkgConfig: "libarchive",
      providers: [.apt(["libarchive-dev"]), .brew(["libarchive"])]),
    .target(name: "CKernels"),

    module("RingArithmetic", layer: 0, ["CKernels"]),
    module(
      "NumericalMethods", layer: 0,
      ["CKernels", .target(name: "CBLAS", condition: .when(platforms: [.linux]))]),
    module("RoundVocabulary", layer: 0),

    module("CryptoPrimitives", layer: 1, ["CSodium"]),
    module("Behavior", layer: 1, ["NumericalMethods"]),
    module(
      "PrivacyAccounting", layer: 1, ["CKernels", "NumericalMethods", "RoundVocabulary"]),
    module("ReleasedParts", layer: 1, ["NumericalMethods"]),

    module("SeededRandomness", layer: 2, ["CryptoPrimitives"]),
    module("ProfileModel", layer: 2, ["Behavior", "ReleasedParts", "NumericalMethods"]),
    module("DiscreteNoise", layer: 2, ["CryptoPrimitives"]),
    module("SecureAggregation", layer: 2, ["CryptoPrimitives", "RingArithmetic"]),

    module(
      "PrivacyMechanisms", layer: 3,
      [
        "CKernels", "CryptoPrimitives", "DiscreteNoise", "PrivacyAccounting", "RingArithmetic",
        "RoundVocabulary",
      ]),

    // The coordinator's half of every task. It links neither behaviour nor the device's half.
    module(
      "FederatedTasks", layer: 4,
      [
        "CryptoPrimitives", "NumericalMethods", "PrivacyAccounting", "PrivacyMechanisms",
        "ReleasedParts", "RoundVocabulary",
      ]),
    // The device's half: behaviour in, update vector out.
    module(
      "DeviceTasks", layer: 5,
      [
        "Behavior", "FederatedTasks", "NumericalMethods", "ProfileModel", "ReleasedParts",
        "RoundVocabulary",
      ]),

    module("BehaviorReaders", layer: 5, ["Behavior", "CArchive"]),
    module("DatasetFetching", layer: 5, ["CArchive", "CryptoPrimitives"]),
    module("Scenarios", layer: 5, ["CryptoPrimitives", "RoundVocabulary", yams]),
    module("Report", layer: 5),
    module(
      "AccountingConformance", layer: 5, ["PrivacyAccounting", "RoundVocabulary"]),
    module(
      "ProtocolVectors", layer: 5, ["CryptoPrimitives", "RingArithmetic", "SecureAggregation"]),

    module(
      "Simulator", layer: 6,
      [
        "Behavior", "CryptoPrimitives", "DeviceTasks", "FederatedTasks", "NumericalMethods",
        "PrivacyAccounting", "PrivacyMechanisms", "ProfileModel", "ReleasedParts", "Report",
        "RingArithmetic", "RoundVocabulary", "Scenarios", "SecureAggregation", "SeededRandomness",
      ]),

    .executableTarget(
      name: "silhouette",
      dependencies: [
        "AccountingConformance", "Behavior", "BehaviorReaders", "CryptoPrimitives",
        "DatasetFetching", "NumericalMethods", "PrivacyAccounting", "ProtocolVectors", "Report",
        "RoundVocabulary", "Scenarios", "SeededRandomness", "Simulator", argumentParser, yams,
      ],
      swiftSettings: strictSettings),

    // Not a product: run by hand, see simulations/benchmarks.
    .executableTarget(
      name: "noise-benchmark",
      dependencies: ["CryptoPrimitives", "DiscreteNoise", "SeededRandomness"],
      path: "simulations/benchmarks/noise", swiftSettings: strictSettings),

    .executableTarget(
      name: "encode-benchmark",
      dependencies: [
        "CryptoPrimitives", "PrivacyAccounting", "PrivacyMechanisms", "RoundVocabulary",
      ],
      path: "simulations/benchmarks/encode", swiftSettings: strictSettings),

    .executableTarget(
      name: "accounting-benchmark", dependencies: ["PrivacyAccounting"],
      path: "simulations/benchmarks/accounting", swiftSettings: strictSettings),

    .executableTarget(
      name: "secure-aggregation-benchmark",
      dependencies: ["CryptoPrimitives", "RingArithmetic", "SecureAggregation"],
      path: "simulations/benchmarks/secure-aggregation", swiftSettings: strictSettings),

    .target(
      name: "TestSupport", dependencies: ["CryptoPrimitives", "SeededRandomness"],
      path: "Tests/TestSupport", swiftSettings: strictSettings),
    tests("RingArithmetic"),
    tests("NumericalMethods"),
    tests("CryptoPrimitives"),
    tests("Behavior", ["NumericalMethods"]),
    tests("PrivacyAccounting", ["RoundVocabulary"]),
    tests(
      "SecureAggregation",
      ["CryptoPrimitives", "ProtocolVectors", "RingArithmetic", "SeededRandomness"]),
    tests("ProtocolVectors"),
    tests("DiscreteNoise", ["CryptoPrimitives", "SeededRandomness"]),
    tests(
      "PrivacyMechanisms",
      [
        "CryptoPrimitives", "PrivacyAccounting", "RingArithmetic", "RoundVocabulary",
        "SeededRandomness",
      ]),
    tests("ProfileModel", ["Behavior", "NumericalMethods", "ReleasedParts"]),
    tests(
      "FederatedTasks",
      [
        "Behavior", "DeviceTasks", "NumericalMethods", "PrivacyAccounting", "PrivacyMechanisms",
        "ProfileModel", "ReleasedParts", "RoundVocabulary",
      ]),
    tests("BehaviorReaders", ["Behavior", "NumericalMethods"]),
    tests("DatasetFetching", ["CryptoPrimitives"]),
    tests("Scenarios"),
    tests("Report"),
    tests("AccountingConformance", ["PrivacyAccounting", "RoundVocabulary"]),
    tests(
      "Simulator",
      [
        "Behavior", "PrivacyMechanisms", "ProfileModel", "Report", "RoundVocabulary", "Scenarios",
      ]),
    .testTarget(
      name: "CommandLineTests", dependencies: ["RoundVocabulary", "TestSupport", "silhouette"],
      swiftSettings: strictSettings),
  ]
)
