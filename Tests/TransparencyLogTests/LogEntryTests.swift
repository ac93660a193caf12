import CryptoPrimitives
import RoundVocabulary
import Testing
import TransparencyLog

@Suite struct LogEntryTests {
  @Test func everyKindRoundTrips() throws {
    let entries = try SampleEntries.entries()
    #expect(entries.map(\.content.kind) == EntryKind.allCases)
    for (entry, content) in zip(entries, SampleEntries.contents) {
      let decoded = try LogEntry(decoding: entry.encoded)
      #expect(decoded == entry)
      #expect(decoded.content == content)
      #expect(decoded.time == SampleEntries.time)
      #expect(decoded.leaf == NaiveTree.leaf(entry.encoded))
    }
  }

  /// Each bit of every byte, and all bits of a byte at once.
  @Test(arguments: EntryKind.allCases)
  func everyChangedByteIsRefusedOrChangesTheValue(_ kind: EntryKind) throws {
    let entry = try SampleEntries.entries()[Int(kind.rawValue) - 1]
    for position in entry.encoded.indices {
      for change in [1, 2, 4, 8, 16, 32, 64, 128, 255] as [UInt8] {
        var changed = entry.encoded
        changed[position] ^= change
        _ = refusal { () throws(LogRefusal) in
          let decoded = try LogEntry(decoding: changed)
          #expect(
            decoded.content != entry.content || decoded.time != entry.time, "byte \(position)")
          let again = try LogEntry(time: decoded.time, decoded.content)
          #expect(again.encoded == changed, "byte \(position)")
        }
      }
    }
  }

  @Test func shortenedAndLengthenedEntriesAreRefused() throws {
    for entry in try SampleEntries.entries() {
      for count in 0..<entry.encoded.count {
        #expect(Self.rule(Array(entry.encoded.prefix(count))) == "truncated")
      }
      #expect(Self.rule(entry.encoded + [0]) == "trailing")
      #expect(Self.rule(entry.encoded + [UInt8](repeating: 0, count: 2_048)) == "limit")
    }
  }

  @Test func otherVersionsAndKindsAreRefused() throws {
    let encoded = try SampleEntries.entries()[3].encoded
    for version in UInt8.min...UInt8.max where version != 1 {
      #expect(Self.rule([version] + encoded.dropFirst()) == "version")
    }
    for kind in UInt8.min...UInt8.max where EntryKind(rawValue: kind) == nil {
      #expect(Self.rule([1, kind] + encoded.dropFirst(2)) == "kind")
    }
  }

  // MARK: Ranges

  @Test func numbersOutsideOfTheirRangesAreRefused() throws {
    let most = 1 << 24
    let far: UInt64 = 1 << 53
    func reference(_ number: UInt64) -> RoundReference {
      RoundReference(task: Cast.bytes("task"), number: number)
    }
    typealias Sample = SampleEntries
    let fine: [LogEntry.Content] = [
      .cohort(Sample.cohort(memberCount: 1)), .cohort(Sample.cohort(memberCount: most)),
      .cohort(Sample.cohort(round: reference(1))), .cohort(Sample.cohort(round: reference(far))),
      .debit(Sample.debit(survivorCount: 1)), .release(Sample.release(survivorCount: most)),
      .abort(LoggedAbort(round: reference(1), code: 1)),
      .abort(LoggedAbort(round: reference(1), code: 1_999)),
      .pause(LoggedPause(task: Cast.bytes("task"), number: far, state: .paused)),
      .closing(Sample.closing(debitCount: 0, releaseCount: 0)),
      .closing(Sample.closing(debitCount: far, releaseCount: far)),
    ]
    for content in fine { _ = try LogEntry(time: 1, content) }
    let outside: [LogEntry.Content] = [
      .cohort(Sample.cohort(memberCount: 0)), .cohort(Sample.cohort(memberCount: -1)),
      .cohort(Sample.cohort(memberCount: most + 1)), .cohort(Sample.cohort(memberCount: .max)),
      .cohort(Sample.cohort(round: reference(0))),
      .cohort(Sample.cohort(round: reference(far + 1))),
      .survivors(
        LoggedSurvivors(round: reference(1), transcript: Cast.bytes("T4"), survivorCount: 0)),
      .debit(Sample.debit(survivorCount: 0)), .debit(Sample.debit(survivorCount: most + 1)),
      .release(Sample.release(survivorCount: 0)),
      .abort(LoggedAbort(round: reference(1), code: 0)),
      .abort(LoggedAbort(round: reference(1), code: 2_000)),
      .pause(LoggedPause(task: Cast.bytes("task"), number: 0, state: .paused)),
      .closing(Sample.closing(debitCount: far + 1)),
    ]
    for content in outside { #expect(Self.rule(content) == "range", "\(content)") }
    let content = SampleEntries.contents[3]
    #expect(Self.rule(content, time: 0) == "range")
    #expect(Self.rule(content, time: far + 1) == "range")
    #expect(Self.rule(content, time: far) == nil)
  }

  @Test func mechanismsThatDescribeNothingAreRefused() {
    typealias Sample = SampleEntries
    let cases: [(LoggedMechanism, String?)] = [
      (Sample.mechanism(), nil),
      (Sample.mechanism(law: .none, variance: (0, 1), totalVariation: 0), nil),
      (Sample.mechanism(law: .none), "contradiction"),
      (Sample.mechanism(law: .none, variance: (0, 1)), "contradiction"),
      (Sample.mechanism(variance: (0, 1)), "contradiction"),
      (Sample.mechanism(law: .none, variance: (0, 2), totalVariation: 0), "fraction"),
      (Sample.mechanism(variance: (6, 4)), "fraction"),
      (Sample.mechanism(variance: (1, 0)), "range"),
      (Sample.mechanism(variance: (1 << 50, 1)), nil),
      (Sample.mechanism(variance: (1 << 50 + 1, 1)), "range"),
      (Sample.mechanism(variance: (1, 1 << 50 + 1)), "range"),
      (Sample.mechanism(totalVariation: 1), nil),
      (Sample.mechanism(totalVariation: 1.0.nextUp), "range"),
      (Sample.mechanism(totalVariation: -0.0), "range"),
      (Sample.mechanism(totalVariation: .nan), "range"),
      (Sample.mechanism(squaredNormBound: 0), "range"),
      (Sample.mechanism(squaredNormBound: 1 << 60), nil),
      (Sample.mechanism(squaredNormBound: 1 << 60 + 1), "range"),
      (Sample.mechanism(dimension: 0), "range"),
      (Sample.mechanism(dimension: 1 << 40 + 1), "range"),
      (Sample.mechanism(clipNorm: 0), "range"), (Sample.mechanism(clipNorm: -1), "range"),
      (Sample.mechanism(clipNorm: .infinity), "range"), (Sample.mechanism(clipNorm: .nan), "range"),
      (Sample.mechanism(scale: 0), "range"), (Sample.mechanism(scale: .infinity), "range"),
      (Sample.mechanism(leastSurvivors: 0, mostColluding: 0), "range"),
      (Sample.mechanism(leastSurvivors: 5, mostColluding: 5), "contradiction"),
      (Sample.mechanism(leastSurvivors: 5, mostColluding: 4), nil),
      (Sample.mechanism(mostColluding: -1), "range"),
    ]
    for (mechanism, rule) in cases {
      #expect(Self.rule(.debit(Sample.debit(mechanism: mechanism))) == rule, "\(mechanism)")
    }
  }

  @Test func closingRecordsAreHeldToTheirForm() {
    typealias Sample = SampleEntries
    let claim = Sample.claim(.modelUser, 1e-6, 1)
    let many = (0..<65).map { Sample.claim(.modelUser, Double($0) / 100, 1) }
    let cases: [(LoggedClosing, String?)] = [
      (Sample.closing(claims: []), nil),
      (Sample.closing(claims: Array(many.prefix(64))), nil),
      (Sample.closing(claims: many), "limit"),
      (
        Sample.closing(claims: (0..<300).map { Sample.claim(.modelUser, Double($0) / 300, 1) }),
        "limit"
      ),
      (Sample.closing(claims: [claim, claim]), "order"),
      (Sample.closing(claims: [Sample.claim(.modelUser, 1e-5, 1), claim]), "order"),
      (Sample.closing(claims: [Sample.claim(.maliciousCoordinator, 1e-6, 1), claim]), "order"),
      (Sample.closing(claims: [Sample.claim(.modelUser, -0.0, 1)]), "range"),
      (Sample.closing(claims: [Sample.claim(.modelUser, 1.5, 1)]), "range"),
      (Sample.closing(claims: [Sample.claim(.modelUser, .nan, 1)]), "range"),
      (Sample.closing(claims: [Sample.claim(.modelUser, 0, -1)]), "range"),
      (Sample.closing(claims: [Sample.claim(.modelUser, 0, .nan)]), "range"),
      (Sample.closing(claims: [Sample.claim(.modelUser, 0, 0)]), nil),
      (Sample.closing(debitCount: 3, releaseCount: 4), "contradiction"),
      (Sample.closing(accountant: ""), "text"), (Sample.closing(accountant: "a\nb"), "text"),
      (Sample.closing(accountant: "é"), "text"), (Sample.closing(accountant: "~ "), nil),
      (Sample.closing(accountant: String(repeating: "a", count: 64)), nil),
      (Sample.closing(accountant: String(repeating: "a", count: 65)), "limit"),
      (Sample.closing(accountant: String(repeating: "a", count: 300)), "limit"),
    ]
    for (closing, rule) in cases { #expect(Self.rule(.closing(closing)) == rule, "\(closing)") }
  }

  @Test func everyAdversaryHasItsNumber() throws {
    let claims = Adversary.allCases.map { SampleEntries.claim($0, 0.5, 1) }
    let entry = try LogEntry(time: 1, .closing(SampleEntries.closing(claims: claims)))
    let numbers = entry.encoded.suffix(6 * 17).enumerated().filter { $0.offset % 17 == 0 }
    #expect(numbers.map(\.element) == [1, 2, 3, 4, 5, 6])
    #expect(try LogEntry(decoding: entry.encoded).content == entry.content)
  }

  // MARK: Signatures inside of entries

  @Test func signaturesOfPlansAndRotationsAreChecked() {
    let plan = SampleEntries.plan()
    #expect(plan.isSigned)
    #expect(
      !LoggedPlan(hash: Cast.bytes("x"), signer: plan.signer, signature: plan.signature).isSigned)
    let rotation = LoggedRotation(role: .log, from: Cast.key("old"), to: Cast.key("new"))
    #expect(rotation.isSigned)
    func changed(
      role: LoggedRotation.Role = .log, new: VerificationKey? = nil, old: Signature? = nil,
      by: Signature? = nil
    ) -> LoggedRotation {
      LoggedRotation(
        role: role, old: rotation.old, new: new ?? rotation.new,
        oldSignature: old ?? rotation.oldSignature, newSignature: by ?? rotation.newSignature)
    }
    #expect(!changed(role: .witness).isSigned)
    #expect(!changed(new: Cast.key("thief").verificationKey).isSigned)
    #expect(!changed(old: rotation.newSignature).isSigned)
    #expect(!changed(by: rotation.oldSignature).isSigned)
    #expect(Self.rule(.rotation(changed(new: rotation.old))) == "contradiction")
  }

  private static func rule(_ bytes: [UInt8]) -> String? {
    refusal { () throws(LogRefusal) in _ = try LogEntry(decoding: bytes) }
  }

  private static func rule(_ content: LogEntry.Content, time: UInt64 = 1) -> String? {
    refusal { () throws(LogRefusal) in _ = try LogEntry(time: time, content) }
  }
}
