internal import CryptoPrimitives
internal import Foundation
internal import Report
internal import TransparencyLog

/// What somebody has seen of a log: an earlier bundle, or what a device's or a witness's `log --json` has printed.
struct SeenFile {
  let path: String
  let heads: [SignedHead]
  let receipts: [(entry: ProvedEntry, head: SignedHead)]

  /// How much of a file is of a bundle's history.
  struct Agreement: Encodable, Equatable {
    let file: String
    /// Heads and entries that are.
    var heads = 0
    var receipts = 0
    /// Heads and entries from after the bundle was made, of which it cannot tell.
    var later = 0

    var text: String {
      let found =
        FigureText.count(heads, "head", "heads") + " and "
        + FigureText.count(receipts, "proved entry", "proved entries")
      return "one history with \(file): \(found)"
        + (later > 0 ? ", and \(later) from after the bundle was made" : "")
    }
  }

  private struct Fields: Decodable {
    struct Head: Decodable {
      let encoded: String
    }

    struct Refused: Decodable {
      let head: Head
    }

    struct Receipt: Decodable {
      let entry: String
      let head: String
    }

    let log: String?
    let accepted: Head?
    let refused: [Refused]?
    let receipts: [Receipt]?
    let falseDebit: Receipt?
  }

  /// - Throws: `AuditFailure.faultySeen` for a file that is neither.
  init(path: String) throws {
    self.path = path
    let bytes = try BundleFile.read(path)
    // What is no bundle may be JSON: why it is none would mislead whoever gave that.
    if let bundle = try? AuditBundle(decoding: bytes) {
      (heads, receipts) = ([bundle.head.signed], [])
      return
    }
    let fields: Fields
    do { fields = try JSONDecoder().decode(Fields.self, from: Data(bytes)) } catch {
      throw AuditFailure.faultySeen(file: path, reason: "it is neither a bundle nor such JSON")
    }
    guard fields.accepted != nil || fields.receipts?.isEmpty == false else {
      throw AuditFailure.faultySeen(file: path, reason: "nothing of a log is in it")
    }
    var heads: [SignedHead] = []
    for (field, head) in [("accepted", fields.accepted)]
      + (fields.refused ?? []).map({ ("refused", $0.head) })
    {
      guard let head else { continue }
      heads.append(try Self.decoded(head.encoded, field, path, SignedHead.init(decoding:)))
    }
    self.heads = heads
    var receipts: [(ProvedEntry, SignedHead)] = []
    let given = (fields.receipts ?? []).enumerated().map { ("receipts[\($0)]", $1) }
    for (field, receipt) in given + (fields.falseDebit.map { [("falseDebit", $0)] } ?? []) {
      receipts.append(
        (
          try Self.decoded(receipt.entry, field + ".entry", path, ProvedEntry.init(decoding:)),
          try Self.decoded(receipt.head, field + ".head", path, CosignedHead.init(decoding:)).signed
        ))
    }
    self.receipts = receipts
  }

  private static func decoded<Value>(
    _ text: String, _ field: String, _ path: String, _ decode: ([UInt8]) throws -> Value
  ) throws -> Value {
    guard let bytes = bytes(hexadecimal: text) else {
      throw AuditFailure.faultySeen(file: path, reason: "\(field) is not hexadecimal")
    }
    do { return try decode(bytes) } catch let refusal as LogRefusal {
      throw AuditFailure.faultySeen(file: path, reason: "\(field): \(refusal.meaning)")
    }
  }

  /// Compares everything with a bundle's history.
  ///
  /// - Throws: `AuditFailure.otherHistory`.
  func compared(with history: BundleHistory, of bundle: String) throws -> Agreement {
    var agreement = Agreement(file: path)
    do throws(BundleHistory.Departure) {
      for head in heads {
        if try history.contains(head) { agreement.heads += 1 } else { agreement.later += 1 }
      }
      for receipt in receipts {
        if try history.contains(receipt.entry, under: receipt.head) {
          agreement.receipts += 1
        } else {
          agreement.later += 1
        }
      }
    } catch {
      throw AuditFailure.otherHistory(file: bundle, seen: path, departure: error)
    }
    return agreement
  }
}
