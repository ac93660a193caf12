internal import CryptoPrimitives
internal import Foundation
internal import PrivacyLedger
internal import ProtocolVectors
internal import RoundVocabulary

/// Known answers of the ledger: bundles with what is to be said of them.
///
/// - Source: protocols/vectors/ledger/1/README.md.
struct LedgerVectorFolder {
  static let schema = "ledger-vectors/1"
  static let fileNames = ["bundles.json", "bad_bundles.json"]

  let path: String

  /// Whether a folder has such vectors.
  static func isOne(_ path: String) -> Bool {
    fileNames.contains { FileManager.default.fileExists(atPath: path + "/" + $0) }
  }

  /// - Throws: `AuditFailure.faultyVectors` where a file cannot be understood.
  func verify() throws -> VectorReport {
    var report = VectorReport(files: [], missing: [])
    for name in Self.fileNames {
      guard FileManager.default.fileExists(atPath: path + "/" + name) else {
        report.missing.append(name)
        continue
      }
      report.files.append(try verify(file: name))
    }
    return report
  }

  private func verify(file name: String) throws -> VectorReport.File {
    let content: Content
    do {
      content = try JSONDecoder().decode(
        Content.self, from: Data(try BundleFile.read(path + "/" + name)))
    } catch let error as DecodingError {
      throw AuditFailure.faultyVectors(
        file: name, reason: "\(error.field) is missing or no such value")
    }
    guard content.schema == Self.schema else {
      throw AuditFailure.faultyVectors(file: name, reason: "its schema is \(content.schema)")
    }
    var checks = Checks(file: name)
    for vector in content.cases { try checks.verify(vector) }
    return checks.result
  }
}

extension LedgerVectorFolder {
  struct Content: Decodable {
    let schema: String
    let cases: [Case]
  }

  struct Case: Decodable {
    let name: String
    let bundle: String
    let verdict: Verdict
  }

  struct Verdict: Decodable {
    let accepted: Bool
    let rule: String?
    let entry: Int?
    let kind: String?
    let hash: String?
    let plans: [Plan]?
  }

  struct Plan: Decodable {
    let plan: String
    let rounds: Int
    let debits: Int
    let releases: Int
    let guarantees: [Guarantee]
  }

  struct Guarantee: Decodable {
    let adversary: String
    let delta: Double
    let renyi: Double?
    let gaussian: Double?
  }

  /// Compares verdicts, numbers to one part in 10^6.
  private struct Checks {
    var result: VectorReport.File
    private var vector = ""

    init(file: String) { result = VectorReport.File(name: file) }

    mutating func verify(_ vector: Case) throws {
      guard let bytes = Hex(text: vector.bundle)?.bytes else {
        throw AuditFailure.faultyVectors(
          file: result.name, reason: "bundle of \(vector.name) is not hexadecimal")
      }
      self.vector = vector.name
      result.vectors += 1
      do throws(LedgerFinding) {
        let outcome = try LedgerVerifier.verify(bytes)
        compare("accepted", "true", "\(vector.verdict.accepted)")
        compare("hash", outcome.hash.description, vector.verdict.hash ?? "none")
        compare("plans", "\(outcome.accounts.count)", "\(vector.verdict.plans?.count ?? 0)")
        for (account, plan) in zip(outcome.accounts, vector.verdict.plans ?? []) {
          compare(account, plan)
        }
      } catch {
        compare("accepted", "false", "\(vector.verdict.accepted)")
        compare("rule", error.rule, vector.verdict.rule ?? "none")
        compare(
          "entry", error.entry.map { "\($0.index)" } ?? "none",
          vector.verdict.entry.map { "\($0)" } ?? "none")
        compare("kind", error.entry?.kind?.name ?? "none", vector.verdict.kind ?? "none")
      }
    }

    private mutating func compare(_ account: LedgerAccount, _ plan: Plan) {
      compare("plan", account.hash.description, plan.plan)
      compare(
        "counts", "\([account.roundCount, account.debitCount, account.releaseCount])",
        "\([plan.rounds, plan.debits, plan.releases])")
      for guarantee in plan.guarantees {
        guard let adversary = Adversary(rawValue: guarantee.adversary) else {
          compare("adversary", "A1 to A6", guarantee.adversary)
          continue
        }
        let epsilon = account.charge.epsilon(against: adversary, delta: guarantee.delta)
        compare("\(adversary.rawValue).renyi", epsilon.renyi, guarantee.renyi)
        compare("\(adversary.rawValue).gaussian", epsilon.gaussian, guarantee.gaussian)
      }
    }

    private mutating func compare(_ field: String, _ found: Double, _ expected: Double?) {
      let expected = expected ?? .infinity
      let isClose =
        found == expected || abs(found - expected) <= 1e-6 * min(abs(expected), 1e300)
      compare(field, isClose ? "\(expected)" : "\(found)", "\(expected)")
    }

    private mutating func compare(_ field: String, _ found: String, _ expected: String) {
      result.comparisons += 1
      guard found != expected else { return }
      result.failures.append(
        VectorFailure(
          file: result.name, vector: vector, field: field, expected: expected, found: found))
    }
  }
}
