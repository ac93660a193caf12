import CryptoPrimitives
import RoundVocabulary
import TransparencyLog

/// The file entries.json.
struct EntryVectors: Decodable {
  struct Entry: Decodable {
    let name: String
    let kind: UInt8
    let time: UInt64
    let fields: Fields
    let encoded: Hex
    let leaf: Hex
    let subject: Hex
    let number: UInt64
  }

  /// A number, which may be infinite.
  struct Real: Decodable {
    let value: Double

    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      if let value = try? container.decode(Double.self) {
        self.value = value
      } else {
        value = try container.decode(String.self) == "inf" ? .infinity : .nan
      }
    }
  }

  /// The fields of any kind by their names.
  struct Fields: Decodable {
    private struct Name: CodingKey {
      let stringValue: String
      var intValue: Int? { nil }

      init(stringValue: String) { self.stringValue = stringValue }
      init?(intValue: Int) { nil }
    }

    private let container: KeyedDecodingContainer<Name>

    init(from decoder: any Decoder) throws { container = try decoder.container(keyedBy: Name.self) }

    private func value<Value: Decodable>(_ name: String) throws -> Value {
      try container.decode(Value.self, forKey: Name(stringValue: name))
    }

    private func hash(_ name: String) throws -> Bytes32 { try (value(name) as Hex).bytes32 }
    private func key(_ name: String) throws -> VerificationKey { try (value(name) as Hex).key }
    private func signature(_ name: String) throws -> Signature {
      try (value(name) as Hex).signature
    }

    private func round() throws -> RoundReference {
      RoundReference(task: try hash("task"), number: try value("round"))
    }

    private func mechanism() throws -> LoggedMechanism {
      LoggedMechanism(
        law: LoggedMechanism.Law(rawValue: try value("law")) ?? .none,
        variance: (try value("varianceNumerator"), try value("varianceDenominator")),
        totalVariation: try value("totalVariation"),
        squaredNormBound: try value("squaredNormBound"), dimension: try value("dimension"),
        clipNorm: try value("clipNorm"), scale: try value("scale"),
        assurance: CohortAssurance(
          leastSurvivors: try value("leastSurvivors"), mostColluding: try value("mostColluding")))
    }

    func content(_ kind: EntryKind) throws -> LogEntry.Content {
      switch kind {
      case .enrollment:
        .enrollment(
          LoggedEnrollment(
            authority: try key("authority"), certificateHash: try hash("certificateHash")))
      case .plan:
        .plan(
          LoggedPlan(
            hash: try hash("hash"), signer: try key("signer"),
            signature: try signature("signature")))
      case .round:
        .round(
          LoggedRound(
            round: try round(), configuration: try hash("configuration"),
            planHash: try hash("planHash"), modelHash: try hash("modelHash")))
      case .cohort:
        .cohort(
          LoggedCohort(
            round: try round(), transcript: try hash("transcript"), root: try hash("root"),
            memberCount: try value("memberCount")))
      case .survivors:
        .survivors(
          LoggedSurvivors(
            round: try round(), transcript: try hash("transcript"),
            survivorCount: try value("survivorCount")))
      case .debit:
        .debit(
          LoggedDebit(
            round: try round(), transcript: try hash("transcript"),
            survivorCount: try value("survivorCount"), mechanism: try mechanism()))
      case .release:
        .release(
          LoggedRelease(
            round: try round(), debit: try hash("debit"), sumHash: try hash("sumHash"),
            modelHash: try hash("modelHash"), survivorCount: try value("survivorCount"),
            mechanism: try mechanism()))
      case .abort: .abort(LoggedAbort(round: try round(), code: try value("code")))
      case .pause:
        .pause(
          LoggedPause(
            task: try hash("task"), number: try value("number"),
            state: LoggedPause.State(rawValue: try value("state")) ?? .paused))
      case .rotation:
        .rotation(
          LoggedRotation(
            role: LoggedRotation.Role(rawValue: try value("role")) ?? .log, old: try key("old"),
            new: try key("new"), oldSignature: try signature("oldSignature"),
            newSignature: try signature("newSignature")))
      case .closing:
        .closing(
          LoggedClosing(
            planHash: try hash("planHash"), debitCount: try value("debitCount"),
            releaseCount: try value("releaseCount"), accountant: try value("accountant"),
            vectorsHash: try hash("vectorsHash"), claims: try claims()))
      }
    }

    private func claims() throws -> [LoggedClosing.Claim] {
      let rows: [[Real]] = try value("claims")
      return rows.map { row in
        LoggedClosing.Claim(
          adversary: Adversary.allCases[Int(row[0].value) - 1], delta: row[1].value,
          epsilon: row[2].value)
      }
    }
  }

  let entries: [Entry]
}
