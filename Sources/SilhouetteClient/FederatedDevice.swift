internal import Behavior
internal import ClientNode
internal import CryptoPrimitives
internal import DeviceProfiling
internal import FederatedRounds
public import Foundation
internal import Scenarios
internal import Storage
internal import WireProtocol

/// A device of a federation: keeps its user's events to itself, takes part in rounds, and knows its user.
///
/// Everything is in one folder, which should be the app's own. Events are sealed there with a key that
/// only the folder has; they leave it in no form but as part of a sum over many devices, clipped, with
/// noise, and masked. What the device allows is in the folder's `device.yaml` and wins over every plan.
///
///     let device = try await FederatedDevice(folder: folder)
///     try await device.join(code)
///     try await device.store([.init(item: "tt0133093", kind: .view, time: .now)])
///     _ = try await device.takePart()
///     for item in try await device.recommendations(10) { print(item.title) }
public actor FederatedDevice {
  /// What a user did.
  public enum Kind: String, Sendable, CaseIterable {
    case view, click, cart, buy, rate, search, like, dislike
  }

  /// One thing that the user did.
  public struct Event: Sendable {
    /// The item's identifier in the public catalogue.
    public var item: String
    /// What was done to it.
    public var kind: Kind
    /// A rating or a price paid, if there is one.
    public var value: Float?
    /// When it happened.
    public var time: Date

    /// An event; without a value unless one is given.
    public init(item: String, kind: Kind, value: Float? = nil, time: Date) {
      self.item = item
      self.kind = kind
      self.value = value
      self.time = time
    }
  }

  /// What came of a check-in.
  public enum Outcome: Sendable, Equatable {
    /// Nothing to do; come again in so many seconds.
    case wait(seconds: Int)
    case paused
    /// The device takes no part: its owner's hours, condition or limit of check-ins, or a round's terms.
    case declined(reason: String)
    /// The contribution has left the device, and what it costs was debited. The round was committed, or how it
    /// ended was not heard yet.
    case contributed
    /// The round ended without this device, or without a sum; what was debited stays so.
    case interrupted(reason: String)
  }

  /// An item for the user, and the own items that speak most for it.
  public struct Item: Sendable, Equatable {
    /// Its identifier in the public catalogue.
    public let id: String
    /// Its title in the public catalogue.
    public let title: String
    /// Comparable within one list only.
    public let score: Float
    /// Titles of own items, most important first.
    public let reasons: [String]
  }

  /// A tag or category and how strongly it applies.
  public struct Affinity: Sendable, Equatable {
    /// The category's name.
    public let name: String
    /// How strongly it applies.
    public let score: Float
  }

  /// What the device knows about its user.
  public struct Profile: Sendable, Equatable {
    /// Comparable with other profiles of the same version by cosine.
    public let vector: [Float]
    /// What stands out against the population, most first.
    public let tags: [Affinity]
    /// Shares of the interest with time decay, largest first.
    public let categories: [Affinity]
    /// 0 buys the cheapest items of the catalogue, 1 the dearest; nil without prices.
    public let priceLevel: Float?
  }

  /// What the device has contributed.
  public struct Spending: Sendable, Equatable {
    /// How many there were.
    public let contributions: Int
    /// Against a coordinator that works with some of the devices; nil if something had no noise.
    public let epsilon: Double?
    /// At which `epsilon` is stated.
    public let delta: Double
    /// The device's own ceiling.
    public let ceiling: Double
  }

  private let folder: DeviceFolder
  private let shelf = PlanShelf()
  private let condition: @Sendable () async -> String?
  private let line = DeviceLine()
  /// When the coordinator was last asked for its version.
  private var refreshed: ContinuousClock.Instant?
  private var isTakingPart = false
  private let session: DeviceSession

  /// Opens a device's folder, and makes it if it is missing.
  ///
  /// - Parameter condition: asked before each check-in: why the device takes no part now, such as a low
  ///   battery or a metered network; nil if it may.
  public init(
    folder: String, condition: @escaping @Sendable () async -> String? = { nil }
  ) async throws {
    self.folder = DeviceFolder(path: folder)
    self.condition = condition
    session = try DeviceSession(
      folder: self.folder, transport: line, shelf: shelf, condition: condition, clock: Self.now)
  }

  /// Enrolls the device with a coordinator; doing so again with the same code is harmless.
  ///
  /// - Throws: also while the device takes part in a round, here or in another process.
  public func join(_ code: String) async throws {
    let code = try JoinCode(text: code)
    try await alone {
      let other = try await HTTPSTransport.connect(url: code.url, pin: code.certificatePin)
      let former = line.connect(other)
      do { try await session.node.join(code) } catch {
        // The coordinator that it belongs to stays the one that it talks to.
        try await line.connect(former)?.close()
        throw error
      }
      refreshed = nil
      try await former?.close()
    }
  }

  /// Runs `body` while nobody else changes what the folder takes part in, in this process or another: a round goes
  /// on with the coordinator and the ledger that it began with.
  private func alone<Value>(_ body: () async throws -> Value) async throws -> Value {
    guard !isTakingPart else { throw DeviceError.takesPartAlready }
    isTakingPart = true
    defer { isTakingPart = false }
    let lock = try FolderLock(folder: folder.path)
    defer { withExtendedLifetime(lock) {} }
    return try await body()
  }

  /// Adds events; those that are there already, are older than the device keeps any, or are not among the newest
  /// 100,000 are left out, and older ones are forgotten for them.
  ///
  /// - Returns: how many were added.
  public func store(_ events: [Event]) async throws -> Int {
    try await session.events.add(
      events.map {
        StoredEvent(
          item: $0.item, kind: BehaviorKind(name: $0.kind.rawValue) ?? .view,
          value: $0.value ?? .nan, time: Int64($0.time.timeIntervalSince1970))
      }, now: Int64(Self.now())
    ).added
  }

  /// Checks in once, and takes part in a round to its end if one is offered.
  ///
  /// - Throws: also if another process takes part with this folder: what each contributes would be hidden
  ///   from the other.
  public func takePart() async throws -> Outcome {
    // A round that was committed may have released a version.
    defer { refreshed = nil }
    return try await alone {
      try await connectIfNeeded()
      switch try await session.takePart() {
      case .wait(let seconds): return .wait(seconds: Int(seconds))
      case .paused: return .paused
      case .objection(let reason): return .declined(reason: reason)
      case .round(.committed(_)), .round(.contributed): return .contributed
      case .round(let end): return .interrupted(reason: "\(end)")
      }
    }
  }

  /// What the device knows about its user; computed here from the own events and the released parts.
  ///
  /// Asks for the newest version if the coordinator can be reached, and goes by the last one if not.
  public func profile() async throws -> Profile {
    try await refresh()
    let profile = try await session.profile()
    return Profile(
      vector: profile.vector,
      tags: profile.tags.map { Affinity(name: $0.name, score: $0.score) },
      categories: profile.categories.map { Affinity(name: $0.name, score: $0.score) },
      priceLevel: profile.priceLevel)
  }

  /// The best items that the user has not met; online and offline as `profile()`.
  public func recommendations(_ count: Int) async throws -> [Item] {
    try await refresh()
    return try await session.recommendations(count).map {
      Item(id: $0.item, title: $0.title, score: $0.score, reasons: $0.reasons)
    }
  }

  /// What was contributed so far, by the device's own record.
  public func spending() async throws -> Spending {
    let ledger = try await session.ledger()
    return Spending(
      contributions: ledger.entries.reduce(0) { $0 + $1.contributions }, epsilon: ledger.epsilon,
      delta: ledger.delta, ceiling: try session.settings.epsilon)
  }

  /// Takes part in no round until it is resumed.
  public func pause(_ isPaused: Bool) async throws { try await session.node.pause(isPaused) }

  /// Forgets the coordinator; events and the record of contributions stay.
  ///
  /// - Throws: also while the device takes part in a round, here or in another process.
  public func leave() async throws {
    try await alone {
      try await session.node.leave()
      try await line.connect(nil)?.close()
    }
  }

  /// Deletes all events and the key that opens them.
  ///
  /// - Throws: also while the device takes part in a round, here or in another process: what it contributes was made
  ///   from them.
  public func forgetEvents() async throws {
    try await alone { _ = try await session.events.forgetEverything() }
  }

  /// Closes files and connections; the device must not be used any more.
  public func close() async throws {
    try await session.close()
    try await line.connect(nil)?.close()
  }

  @Sendable private static func now() -> UInt64 { UInt64(max(0, Date().timeIntervalSince1970)) }

  private func connectIfNeeded() async throws {
    guard !line.isConnected else { return }
    let address = try await DeviceNode.address(folder: folder.path)
    let found = try await HTTPSTransport.connect(url: address.url, pin: address.pin)
    // Another call may have connected meanwhile, and be at work over it.
    guard !line.isConnected else { return try await found.close() }
    try await line.connect(found)?.close()
  }

  /// Learns of a new version, where that is possible now, and not again within half a minute.
  ///
  /// Whatever the coordinator says, or whoever answers in its place: the user's own profile is as good as the
  /// last version that the device has. `takePart()` says what is wrong.
  private func refresh() async throws {
    if let refreshed, refreshed.duration(to: .now) < Self.refreshInterval { return }
    do {
      try await connectIfNeeded()
      try await session.node.refreshServedModel()
    } catch is TransportError {
    } catch let error as DeviceError where error.isOfCoordinator {
    }
    refreshed = .now
  }

  private static let refreshInterval = Duration.seconds(30)
}
