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
let sqlite = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let protobuf = Target.Dependency.product(name: "SwiftProtobuf", package: "swift-protobuf")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let hummingbird = Target.Dependency.product(name: "Hummingbird", package: "hummingbird")
let hummingbirdCore = Target.Dependency.product(
  name: "HummingbirdCore", package: "hummingbird")
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let asn1 = Target.Dependency.product(name: "SwiftASN1", package: "swift-asn1")
let httpTypes = Target.Dependency.product(name: "HTTPTypes", package: "swift-http-types")
let hummingbirdTLS = Target.Dependency.product(name: "HummingbirdTLS", package: "hummingbird")
let httpClient = Target.Dependency.product(name: "AsyncHTTPClient", package: "async-http-client")
let x509 = Target.Dependency.product(name: "X509", package: "swift-certificates")
let nioCore = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let nioEmbedded = Target.Dependency.product(name: "NIOEmbedded", package: "swift-nio")
let nioHTTP1 = Target.Dependency.product(name: "NIOHTTP1", package: "swift-nio")
let nioHTTPTypes = Target.Dependency.product(
  name: "NIOHTTPTypes", package: "swift-nio-extras")
let nioTLS = Target.Dependency.product(name: "NIOTLS", package: "swift-nio")
let nioPosix = Target.Dependency.product(name: "NIOPosix", package: "swift-nio")
let nioSSL = Target.Dependency.product(name: "NIOSSL", package: "swift-nio-ssl")
let unixSignals = Target.Dependency.product(
  name: "UnixSignals", package: "swift-service-lifecycle")
let lifecycle = Target.Dependency.product(
  name: "ServiceLifecycle", package: "swift-service-lifecycle")

let package = Package(
  name: "silhouette",
  platforms: [.macOS(.v15)],
  products: [
    .executable(name: "silhouette", targets: ["silhouette"]),
    .library(name: "SilhouetteClient", targets: ["SilhouetteClient"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    .package(url: "https://github.com/apple/swift-protobuf", from: "1.39.0", traits: []),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
    .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
    .package(url: "https://github.com/apple/swift-nio-extras.git", from: "1.35.2"),
    .package(url: "https://github.com/apple/swift-certificates", from: "1.21.1"),
    .package(url: "https://github.com/apple/swift-asn1", from: "1.7.4"),
    .package(url: "https://github.com/apple/swift-crypto", "3.12.3"..<"5.0.0"),
    .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0", traits: []),
    .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1", traits: []),
    .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
    .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
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
      "TransparencyLog", layer: 2, ["CryptoPrimitives", "PrivacyAccounting", "RoundVocabulary"]),
    module(
      "PrivacyAuditing", layer: 2, ["NumericalMethods", "PrivacyAccounting", "RoundVocabulary"]),

    module(
      "PrivacyMechanisms", layer: 3,
      [
        "CKernels", "CryptoPrimitives", "DiscreteNoise", "PrivacyAccounting", "RingArithmetic",
        "RoundVocabulary",
      ]),

    // What a device has spent, and what its owner lets it spend.
    module(
      "DeviceLedger", layer: 3,
      ["CryptoPrimitives", "PrivacyAccounting", "RoundVocabulary", "TransparencyLog"]),

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
    module("Scenarios", layer: 4, ["CryptoPrimitives", "RoundVocabulary", yams]),
    module("Report", layer: 5),
    module(
      "AccountingConformance", layer: 5, ["PrivacyAccounting", "RoundVocabulary"]),
    module(
      "ProtocolVectors", layer: 7,
      [
        "CryptoPrimitives", "PrivacyLedger", "RingArithmetic", "RoundVocabulary",
        "SecureAggregation", "TransparencyLog",
      ]),

    // What a signed plan means, for both sides: mechanisms, model versions, what comes next.
    module(
      "PlannedRounds", layer: 5,
      [
        "CryptoPrimitives", "FederatedTasks", "NumericalMethods", "PrivacyAccounting",
        "PrivacyMechanisms", "ReleasedParts", "RingArithmetic", "RoundVocabulary", "Scenarios",
      ]),

    // What a log amounts to: every rule of the ledger and every epsilon, from one file.
    module(
      "PrivacyLedger", layer: 6,
      [
        "CryptoPrimitives", "FederatedTasks", "PlannedRounds", "PrivacyAccounting",
        "PrivacyMechanisms", "ReleasedParts", "RoundVocabulary", "Scenarios", "TransparencyLog",
      ]),

    // What a device does with its own events. It links nothing that reaches the network.
    module(
      "DeviceProfiling", layer: 6,
      [
        "Behavior", "BehaviorReaders", "CryptoPrimitives", "DeviceTasks", "NumericalMethods",
        "PlannedRounds", "PrivacyMechanisms", "ProfileModel", "ReleasedParts", "RingArithmetic",
        "RoundVocabulary", "Scenarios", "Storage",
      ]),

    module(
      "FederatedRounds", layer: 4,
      [
        "CryptoPrimitives", "RingArithmetic", "RoundVocabulary", "SecureAggregation",
        "TransparencyLog",
      ]),

    module(
      "Storage", layer: 5,
      ["CryptoPrimitives", "DeviceLedger", "RoundVocabulary", "TransparencyLog", sqlite]),
    module("WireProtocol", layer: 5, ["CryptoPrimitives", "RoundVocabulary", protobuf]),

    module(
      "CoordinatorNode", layer: 6,
      [
        "CryptoPrimitives", "DiscreteNoise", "FederatedRounds", "NodeServing", "PlannedRounds",
        "PrivacyAccounting", "RingArithmetic", "RoundVocabulary", "Scenarios", "SecureAggregation",
        "Storage",
        "TransparencyLog", "WireProtocol", httpTypes, hummingbird, lifecycle, logging, nioCore,
      ]),
    // What the servers of nodes have in common.
    module(
      "NodeServing", layer: 5,
      [
        "CryptoPrimitives", asn1, crypto, hummingbird, hummingbirdCore, hummingbirdTLS, logging,
        nioCore, nioHTTPTypes, nioSSL, x509,
      ]),
    // An independent operator's part of rounds above 128 devices.
    module(
      "WitnessNode", layer: 6,
      [
        "CryptoPrimitives", "NodeServing", "SecureAggregation", "Storage", "TransparencyLog",
        "WireProtocol", httpTypes, hummingbird, lifecycle, logging, nioCore,
      ]),
    module(
      "ClientNode", layer: 6,
      [
        "CryptoPrimitives", "DeviceLedger", "FederatedRounds", "RingArithmetic",
        "RoundVocabulary", "SecureAggregation", "Storage", "TransparencyLog", "WireProtocol",
        httpClient, nioCore, nioHTTP1, nioPosix, nioSSL,
      ]),

    module(
      "Simulator", layer: 6,
      [
        "Behavior", "CryptoPrimitives", "DeviceTasks", "FederatedTasks", "NumericalMethods",
        "PlannedRounds", "PrivacyAccounting", "PrivacyAuditing", "PrivacyMechanisms",
        "ProfileModel", "ReleasedParts", "Report",
        "RingArithmetic", "RoundVocabulary", "Scenarios", "SecureAggregation", "SeededRandomness",
      ]),

    .executableTarget(
      name: "silhouette",
      dependencies: [
        "AccountingConformance", "Behavior", "BehaviorReaders", "ClientNode", "CoordinatorNode",
        "CryptoPrimitives", "DatasetFetching", "DeviceLedger", "DeviceProfiling", "FederatedRounds",
        "NodeServing", "NumericalMethods", "PlannedRounds", "PrivacyAccounting", "PrivacyAuditing",
        "PrivacyLedger", "PrivacyMechanisms",
        "ProtocolVectors", "ReleasedParts", "Report", "RoundVocabulary", "Scenarios",
        "SecureAggregation", "SeededRandomness", "SilhouetteClient", "Simulator", "Storage",
        "TransparencyLog", "WireProtocol", "WitnessNode", argumentParser, lifecycle, logging,
        unixSignals, yams,
      ],
      swiftSettings: strictSettings),

    // The client as a library: an app links it and is a device.
    module(
      "SilhouetteClient", layer: 7,
      [
        "Behavior", "ClientNode", "CryptoPrimitives", "DeviceLedger", "DeviceProfiling",
        "NumericalMethods", "FederatedRounds", "PlannedRounds", "PrivacyAccounting",
        "PrivacyAuditing", "PrivacyMechanisms",
        "RingArithmetic", "RoundVocabulary", "Scenarios", "SecureAggregation", "Storage",
        "TransparencyLog", "WireProtocol",
      ]),

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
      name: "encoder-benchmark", dependencies: ["BehaviorReaders", "Simulator"],
      path: "simulations/benchmarks/encoder", swiftSettings: strictSettings),

    .executableTarget(
      name: "peers-benchmark", dependencies: ["Simulator"],
      path: "simulations/benchmarks/peers", swiftSettings: strictSettings),

    .executableTarget(
      name: "accounting-benchmark", dependencies: ["PrivacyAccounting"],
      path: "simulations/benchmarks/accounting", swiftSettings: strictSettings),

    .executableTarget(
      name: "ledger-benchmark",
      dependencies: [
        "CryptoPrimitives", "PlannedRounds", "PrivacyAccounting", "PrivacyLedger",
        "PrivacyMechanisms", "Report", "RoundVocabulary", "Scenarios", "Simulator",
        "TransparencyLog",
      ],
      path: "simulations/benchmarks/ledger", swiftSettings: strictSettings),

    .executableTarget(
      name: "secure-aggregation-benchmark",
      dependencies: ["CryptoPrimitives", "RingArithmetic", "SecureAggregation"],
      path: "simulations/benchmarks/secure-aggregation", swiftSettings: strictSettings),

    .executableTarget(
      name: "log-benchmark", dependencies: ["CryptoPrimitives", "Storage", "TransparencyLog"],
      path: "simulations/benchmarks/log", swiftSettings: strictSettings),

    .executableTarget(
      name: "node-benchmark",
      dependencies: [
        "Behavior", "BehaviorReaders", "ClientNode", "CoordinatorNode", "CryptoPrimitives",
        "DeviceProfiling", "FederatedRounds", "NodeServing", "PlannedRounds", "RoundVocabulary",
        "Scenarios", "SilhouetteClient", "Storage", "WireProtocol", httpClient, logging, nioCore,
        nioHTTP1, nioPosix, nioSSL, nioTLS,
      ],
      path: "simulations/benchmarks/nodes", swiftSettings: strictSettings),

    .executableTarget(
      name: "example-app", dependencies: ["SilhouetteClient"], path: "simulations/examples/app",
      swiftSettings: strictSettings),

    // Seeds for devices exist here only, and in no product.
    .target(
      name: "SeededDevices",
      dependencies: [
        "CryptoPrimitives", "NumericalMethods", "RoundVocabulary", "SeededRandomness",
        "SilhouetteClient",
      ],
      path: "Tests/SeededDevices", swiftSettings: strictSettings),
    // Reads along what devices send, and knows what must not be in it.
    .target(
      name: "WireTap",
      dependencies: ["ClientNode", "CryptoPrimitives", "Storage", "WireProtocol"],
      path: "Tests/WireTap", swiftSettings: strictSettings),
    .executableTarget(
      name: "seeded-nodes",
      dependencies: [
        "Behavior", "BehaviorReaders", "ClientNode", "CoordinatorNode", "CryptoPrimitives",
        "FederatedRounds", "PlannedRounds", "RoundVocabulary", "Scenarios", "SeededDevices",
        "SilhouetteClient", "Simulator", "Storage", "WireTap",
      ],
      path: "simulations/nodes/seeded", swiftSettings: strictSettings),

    .target(
      name: "TestSupport",
      dependencies: [
        "CryptoPrimitives", "NumericalMethods", "PrivacyAuditing", "SeededRandomness", "Storage",
        logging,
      ],
      path: "Tests/TestSupport", swiftSettings: strictSettings),
    // A coordinator, devices, disks and network in one thread: for tests and `make soak`.
    .target(
      name: "RoundSimulation",
      dependencies: [
        "CoordinatorNode", "CryptoPrimitives", "FederatedRounds", "PrivacyLedger",
        "PrivacyMechanisms", "RingArithmetic", "RoundVocabulary", "Scenarios", "SecureAggregation",
        "SeededRandomness", "Storage", "TransparencyLog", "WireProtocol", logging,
      ],
      path: "Tests/RoundSimulation", swiftSettings: strictSettings),
    .executableTarget(
      name: "fault-simulation", dependencies: ["RoundSimulation", argumentParser],
      path: "simulations/faults", swiftSettings: strictSettings),
    tests("RingArithmetic"),
    tests("NumericalMethods"),
    tests("CryptoPrimitives"),
    tests("Behavior", ["NumericalMethods"]),
    tests("PrivacyAccounting", ["RoundVocabulary"]),
    tests(
      "PrivacyAuditing",
      [
        "CryptoPrimitives", "NumericalMethods", "PrivacyAccounting", "PrivacyMechanisms",
        "RoundVocabulary", "SeededRandomness",
      ]),
    tests(
      "SecureAggregation",
      ["CryptoPrimitives", "ProtocolVectors", "RingArithmetic", "SeededRandomness"]),
    tests(
      "DeviceLedger",
      [
        "CryptoPrimitives", "PrivacyAccounting", "RoundVocabulary", "SeededRandomness",
        "TransparencyLog",
      ]),
    tests("TransparencyLog", ["CryptoPrimitives", "RoundVocabulary", "SeededRandomness"]),
    tests(
      "PrivacyLedger",
      [
        "CryptoPrimitives", "PlannedRounds", "PrivacyAccounting", "PrivacyMechanisms",
        "ProtocolVectors", "RoundVocabulary", "Scenarios", "SeededRandomness", "TransparencyLog",
      ]),
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
        "Behavior", "CryptoPrimitives", "DeviceTasks", "NumericalMethods", "PrivacyAccounting",
        "PrivacyMechanisms",
        "ProfileModel", "ReleasedParts", "RoundVocabulary",
      ]),
    tests("BehaviorReaders", ["Behavior", "NumericalMethods"]),
    tests("DatasetFetching", ["CryptoPrimitives"]),
    tests("Scenarios"),
    tests("Report"),
    tests("Storage", ["CryptoPrimitives", "DeviceLedger", "TransparencyLog", sqlite]),
    tests(
      "CoordinatorNode",
      [
        "ClientNode", "CryptoPrimitives", "DeviceLedger", "FederatedRounds", "NodeServing",
        "NumericalMethods", "PlannedRounds", "RingArithmetic", "RoundSimulation",
        "RoundVocabulary", "Scenarios", "SecureAggregation", "SeededRandomness",
        "SilhouetteClient", "Storage", "TransparencyLog", "WireProtocol", "WitnessNode",
        httpClient, lifecycle, logging, nioCore, nioHTTP1, nioSSL, sqlite,
      ]),
    tests("NodeServing", [httpTypes, nioCore, nioEmbedded, nioHTTPTypes]),
    tests(
      "WitnessNode",
      [
        "CryptoPrimitives", "NodeServing", "SecureAggregation", "Storage", "TransparencyLog",
        "WireProtocol", logging,
      ]),
    tests(
      "SilhouetteClient",
      [
        "Behavior", "BehaviorReaders", "ClientNode", "CoordinatorNode", "CryptoPrimitives",
        "DeviceLedger", "DeviceProfiling", "FederatedRounds", "FederatedTasks",
        "NumericalMethods", "NodeServing", "PlannedRounds", "PrivacyAuditing", "PrivacyMechanisms",
        "Report", "RoundVocabulary", "Scenarios", "SecureAggregation", "SeededDevices",
        "SeededRandomness", "Simulator", "Storage", "WireProtocol", "WireTap", lifecycle, logging,
      ]),
    tests("WireProtocol", ["CryptoPrimitives", protobuf]),
    tests("AccountingConformance", ["PrivacyAccounting", "RoundVocabulary"]),
    tests(
      "Simulator",
      [
        "Behavior", "CryptoPrimitives", "FederatedTasks", "NumericalMethods", "PrivacyAuditing",
        "PrivacyMechanisms", "ProfileModel", "ReleasedParts", "Report", "RoundVocabulary",
        "Scenarios", "SeededRandomness",
      ]),
    .testTarget(
      name: "CommandLineTests",
      dependencies: [
        "CryptoPrimitives", "FederatedRounds", "PlannedRounds", "ReleasedParts", "Report",
        "RoundVocabulary", "Scenarios", "Storage", "TestSupport", "TransparencyLog", "silhouette",
      ],
      swiftSettings: strictSettings),
  ]
)
