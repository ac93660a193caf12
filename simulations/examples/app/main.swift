import Foundation
import SilhouetteClient

// An app that is a device. Usage: example-app FOLDER [CODE]
//
// It stores what its user did, checks in once, and shows what it knows. With a join code it enrolls first.
let arguments = CommandLine.arguments
guard arguments.count >= 2 else {
  print("usage: example-app FOLDER [CODE]")
  exit(64)
}

do {
  let device = try await FederatedDevice(folder: arguments[1])
  if arguments.count > 2 { try await device.join(arguments[2]) }

  let added = try await device.store([
    .init(item: "1", kind: .rate, value: 5, time: Date(timeIntervalSinceNow: -3_600)),
    .init(item: "50", kind: .view, time: .now),
  ])
  print("\(added) new events")

  switch try await device.takePart() {
  case .contributed: print("contributed to a sum that was released")
  case .declined(let reason): print("did not take part: \(reason)")
  case .interrupted(let reason): print("left the round: \(reason)")
  case .paused: print("is paused")
  case .wait(let seconds): print("nothing to do for \(seconds) s")
  }

  let spending = try await device.spending()
  print("\(spending.contributions) contributions, epsilon \(spending.epsilon ?? .infinity)")
  do {
    for item in try await device.recommendations(5) { print(item.title, item.reasons) }
  } catch {
    print("no recommendations yet: \(error)")
  }
  try await device.close()
} catch {
  print("\(error)")
  exit(1)
}
