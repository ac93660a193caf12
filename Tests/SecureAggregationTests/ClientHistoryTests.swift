import CryptoPrimitives
import ProtocolVectors
import Testing

@testable import SecureAggregation

@Suite struct ClientHistoryTests {
  /// A client's records after it has played a whole round.
  private func played() throws -> (federation: Federation, records: [ClientRecord], unmask: [UInt8])
  {
    let federation = try Federation(4)
    let round = PlayedRound(federation)
    round.playOn()
    let unmask = try #require(round.answers[.unmask]?[0]?.message)
    return (federation, round.clients[0].client.records, unmask)
  }

  @Test func recordsTellTheRoundInOrder() throws {
    let (federation, records, unmask) = try played()
    let name = federation.config.name
    let expiry = federation.config.deadline(of: .unmask)
    #expect(records.count == 6)
    guard case .began(name, _, _, expiry) = records[0],
      case .chainsAdvanced = records[1], case .charged(name) = records[2],
      case .signed(name, _) = records[3], case .released(name, unmask, expiry) = records[4],
      case .ended(name) = records[5]
    else {
      Issue.record("\(records)")
      return
    }
  }

  /// After a restart at any moment the round cannot be joined again, and its end is not guessed.
  @Test func aRestartedClientTakesNoFurtherPart() throws {
    let (federation, records, _) = try played()
    let time = federation.time(of: .advertise)
    for count in 1...records.count {
      let history = ClientHistory(records.prefix(count))
      var client = federation.client(0, history: history, attempt: 1)
      let answer = client.answer(federation.server().configMessage, at: time)
      #expect(answer.code == (count == records.count ? .roundCounter : .activeRound))
      #expect(history.isActive(at: time) == (count < records.count))
      #expect(!history.isActive(at: federation.config.deadline(of: .unmask)))
    }
  }

  /// Another set of survivors is refused even if the first signature never left the device.
  @Test func aRecordedSignatureForbidsAnyOther() throws {
    let federation = try Federation(4)
    let round = PlayedRound(federation)
    for _ in 0..<3 { round.play() }
    let other = ClientHistory([.signed(federation.config.name, transcript: Bytes32())])
    var client = round.clients[0].client.machine.history
    #expect(client.signedTranscripts.isEmpty)
    client.apply(.signed(federation.config.name, transcript: Bytes32()))
    #expect(client.signedTranscripts == other.signedTranscripts)
    round.clients[0].client.machine.history = client
    let survivors = try #require(round.deliveries[0])
    let answer = round.clients[0].client.answer(survivors, at: federation.time(of: .consistency))
    #expect(answer.code == .secondSurvivorSet)
  }

  @Test func onlyTheRecordedUnmaskIsSentAgainAndOnlyInTime() throws {
    let (federation, records, unmask) = try played()
    let name = federation.config.name
    let expiry = federation.config.deadline(of: .unmask)
    for count in 0...records.count {
      let history = ClientHistory(records.prefix(count))
      #expect(history.unmaskMessage(of: name, at: expiry - 1) == (count >= 5 ? unmask : nil))
      #expect(history.unmaskMessage(of: name, at: expiry) == nil)
    }
    let other = RoundName(task: name.task, round: name.round + 1)
    #expect(ClientHistory(records).unmaskMessage(of: other, at: 0) == nil)
  }

  @Test func roundsAreCountedByDayAndTask() {
    let task = Bytes32()
    var history = ClientHistory()
    for round in [5, 3, 9] as [UInt64] {
      let name = RoundName(task: task, round: round)
      history.apply(.began(name, transcript: Bytes32(), day: round == 9 ? 2 : 1, expiry: 10))
      history.apply(.charged(name))
      history.apply(.charged(name))
      history.apply(.ended(name))
    }
    #expect(history.highestRounds == [task: 9])
    #expect(history.roundsByDay == [1: 2, 2: 1])
    #expect(history.contributions[RoundName(task: task, round: 5)] == 2)
    #expect(!history.isActive(at: 0))
  }

  /// At the deadline of the step that it waits for a client stops, and says nothing later.
  @Test(arguments: 0..<5) func stallingEndsTheRound(stepsPlayed: Int) throws {
    let federation = try Federation(4)
    let round = PlayedRound(federation)
    for _ in 0..<stepsPlayed { round.play() }
    guard stepsPlayed > 0 else {
      let silence = round.clients[0].client.timePassed(to: .max)
      #expect(silence == .silence)
      return
    }
    let next = try #require(RoundStep(rawValue: stepsPlayed))
    let early = round.clients[0].client.timePassed(to: federation.config.deadline(of: next) - 1)
    #expect(early == .silence)
    let late = round.clients[0].client.timePassed(to: federation.config.deadline(of: next))
    #expect(late.code == .deadline)
    let isWiped = round.clients[0].client.machine.secrets == nil
    #expect(isWiped)
    if let delivery = round.deliveries[0] {
      let answer = round.clients[0].client.answer(delivery, at: federation.time(of: next))
      #expect(answer == .silence)
    }
  }
}
