import Behavior
import ProfileModel
import Scenarios
import Testing

@testable import Simulator

/// What a run says about figures that mean little.
@Suite struct RunWarningsTests {
  private func sentences(
    users: Int = 100, known: Int = 30, negatives: Int = 50, items: Int = 120,
    hasPublicCatalogue: Bool = true,
    _ change: (inout Scenario) -> Void = { _ in }
  ) throws -> [String] {
    var scenario = try Scenario.small()
    change(&scenario)
    let device = DeviceSplit(
      history: InteractionHistory(DeviceHistory(events: [], clock: .ordinal)),
      known: Array(0..<Int32(known)), target: 40,
      negatives: Array(repeating: 41, count: negatives))
    return RunWarnings(
      scenario: scenario, devices: Array(repeating: device, count: users),
      evaluated: Array(0..<users), itemCount: items,
      hasPublicCatalogue: hasPublicCatalogue
    ).sentences
  }

  @Test func anOrdinaryRunHasNone() throws {
    #expect(try sentences().isEmpty)
    #expect(try sentences(users: 20, known: 99).isEmpty)
  }

  @Test func deltaOfOneUserIsNoPromise() throws {
    let found = try sentences { $0.privacy.delta = 0.01 }
    #expect(found.count == 1)
    #expect(found.first?.hasPrefix("privacy.delta 0.01 is no promise to 100 users") == true)
    #expect(try sentences { $0.privacy.delta = 0.0099 }.isEmpty)
    let unprotected = try sentences {
      $0.privacy.delta = 0.01
      $0.privacy.mechanism = .none
    }
    #expect(unprotected.isEmpty)
  }

  @Test func aListOfItemsReadFromBehaviorIsOutsideOfTheGuarantee() throws {
    let found = try sentences(hasPublicCatalogue: false)
    #expect(found.count == 1)
    #expect(found.first?.contains("behavior.catalogue") == true)
    let unprotected = try sentences(hasPublicCatalogue: false) { $0.privacy.mechanism = .none }
    #expect(unprotected.isEmpty)
  }

  @Test func fewUsersOrItemsMeanLittle() throws {
    #expect(try sentences(users: 19).first?.hasPrefix("Quality is measured on 19 users") == true)
    #expect(try sentences(known: 100).first?.contains("among 20.0 items on average") == true)
  }

  @Test func fewerNegativesThanAskedForAreSaid() throws {
    let found = try sentences(negatives: 49)
    #expect(found.count == 1)
    #expect(found.first?.hasPrefix("100 users have fewer than") == true)
  }
}
