/// How bad a simulated world is; shares in 1/1,000.
package struct FaultRates: Sendable {
  /// What is bad in it.
  package var name: String
  /// Of messages.
  var loss: UInt64 = 0
  var duplication: UInt64 = 0
  /// The longest way of a message, in milliseconds; messages overtake each other.
  var longestDelay: UInt64 = 50
  /// Of seconds in which a device is cut off, for up to a minute.
  var partition: UInt64 = 0
  /// Of durable writes of the coordinator: half of the crashes before, half after them.
  var coordinatorCrash: UInt64 = 0
  /// Of durable writes of a device.
  var deviceCrash: UInt64 = 0
  /// Of durable writes: nothing is kept, and the writer hears of it.
  var fullDisk: UInt64 = 0
  /// Of durable writes: the writer hears of a failure, and everything is kept.
  var uncertainWrite: UInt64 = 0
  /// The longest that a durable write of the coordinator takes, in milliseconds.
  var slowestWrite: UInt64 = 20
  /// How far a device's clock may be off, in seconds.
  var clockSkew: UInt64 = 0
  /// Of seconds in which somebody's clock jumps by up to a minute.
  var clockJump: UInt64 = 0
  /// Of seconds in which the operator pauses, resumes, aborts, rolls back or cancels.
  var operatorActs: UInt64 = 0

  /// Nothing fails.
  package static let none = FaultRates(name: "none")
  /// Everything fails now and then.
  package static let everything = FaultRates(
    name: "everything", loss: 50, duplication: 50, longestDelay: 3_000, partition: 8,
    coordinatorCrash: 8, deviceCrash: 10, fullDisk: 8, uncertainWrite: 8, slowestWrite: 400,
    clockSkew: 2, clockJump: 3, operatorActs: 3)
  /// One kind of fault at a time, then all of them: schedules take turns.
  static let all = [
    everything, FaultRates(name: "loss", loss: 150),
    FaultRates(name: "reordering", duplication: 500, longestDelay: 5_000),
    FaultRates(name: "partitions", partition: 25),
    FaultRates(name: "coordinator crashes", coordinatorCrash: 40, slowestWrite: 200),
    FaultRates(name: "device crashes", deviceCrash: 40),
    FaultRates(name: "failing disks", fullDisk: 40, uncertainWrite: 40, slowestWrite: 1_000),
    FaultRates(name: "clocks", clockSkew: 20, clockJump: 20),
    FaultRates(name: "an operator who cannot decide", loss: 250, partition: 40, operatorActs: 25),
  ]

  /// The faults of a seed's schedule.
  package static func of(seed: UInt64) -> FaultRates { all[Int(seed % UInt64(all.count))] }
}
