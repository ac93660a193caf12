internal import ArgumentParser
internal import ClientNode
internal import CryptoPrimitives
internal import Report
internal import SilhouetteClient
internal import Storage
internal import TransparencyLog

struct ClientLogCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "log",
    abstract: "What this device has seen of its coordinator's log, and what it holds against it.",
    discussion: """
      Receipts are entries that were proved to the device, each with the head it was proved against: plans and \
      rounds before it contributed, debits and releases afterwards. Heads that the log has signed and the \
      device did not accept are kept, the newest of each rule, and so is the head under which the coordinator \
      did not prove an entry: compare them with those of other devices. Two heads that contradict each other \
      are evidence, which --evidence writes into a file to hand on.

      Examples:
        silhouette client log --dir device
        silhouette client log --dir device --json > receipts.json
        silhouette client log --dir device --evidence evidence.bin
      """)

  @OptionGroup var options: ClientOptions

  @Option(help: "Write the two heads that convict the log into this file.", completion: .file())
  var evidence: String?

  private struct Receipt: Encodable {
    let kind: String
    let subject: String
    let number: UInt64
    /// Hexadecimal: the entry with its proof, and the head that it was proved against.
    let entry: String
    let head: String

    init(_ receipt: LogReceipt) {
      kind =
        UInt8(exactly: receipt.kind).flatMap(EntryKind.init(rawValue:)).map { "\($0)" }
        ?? "kind \(receipt.kind)"
      subject = receipt.subject.description
      number = receipt.number
      entry = hexadecimal(receipt.entry)
      head = hexadecimal(receipt.head)
    }
  }

  private struct Refused: Encodable {
    let rule: String
    let head: HeadFigures
    /// The entry that was asked for under the head; nil if the head itself was refused.
    let entry: EntryName?
  }

  private struct EntryName: Encodable {
    let kind: String
    let subject: String
    let number: UInt64

    init(_ key: EntryKey) {
      (kind, subject, number) = ("\(key.kind)", key.subject.description, key.number)
    }

    var text: String { "\(kind) \(subject.prefix(12))/\(number)" }
  }

  private struct Figures: Encodable {
    /// The log's key, nil if the device has joined no coordinator with a log.
    let log: String?
    let accepted: HeadFigures?
    let evidence: EvidenceFigures?
    let refused: [Refused]
    /// A debit of something else than the device took part in.
    let falseDebit: Receipt?
    let receipts: [Receipt]
  }

  func run() async throws {
    let (figures, found) = try await options.withSession(over: OfflineTransport()) { session in
      let node = session.node
      let log = try await node.pinnedLog()
      let found = try await node.logEvidence()
      let figures = Figures(
        log: log?.key.encoding.description,
        accepted: try await node.acceptedHead().map(HeadFigures.init),
        evidence: log.flatMap { log in found.map { EvidenceFigures($0, against: log) } },
        refused: try await node.refusedHeads().map {
          Refused(rule: $0.rule, head: HeadFigures($0.head), entry: $0.entry.map(EntryName.init))
        },
        falseDebit: try await node.falseDebit()?.shown.map(Receipt.init),
        receipts: try await node.logReceipts().map(Receipt.init))
      return (figures, found?.encoded)
    }
    if let evidence { try EvidenceFile.write(found, to: evidence, from: options.dir) }
    if options.json { return try ConsoleOutput.writeJSON(figures) }
    try ConsoleOutput.write(Self.text(figures))
  }

  private static func text(_ figures: Figures) -> String {
    guard let log = figures.log else { return "the device has joined no coordinator with a log" }
    var parts = [
      "log \(log)\n"
        + (figures.accepted.map { "accepted: \($0.text)" } ?? "no head was accepted yet")
    ]
    if let evidence = figures.evidence { parts.append(evidence.text) }
    if !figures.refused.isEmpty {
      parts.append(
        figures.refused.map { refused in
          "refused (\(refused.rule)): "
            + (refused.entry.map { "\($0.text) under " } ?? "") + refused.head.text
        }.joined(separator: "\n"))
    }
    if let debit = figures.falseDebit {
      parts.append(
        "false: the debit of \(debit.subject.prefix(12))/\(debit.number) is of another set of devices, or other "
          + "noise, than this device took part in; --json has it with its proof")
    }
    let count = FigureText.count(figures.receipts.count, "receipt", "receipts")
    let rows = figures.receipts.map { [$0.kind, String($0.subject.prefix(12)), "\($0.number)"] }
    parts.append(
      rows.isEmpty
        ? "no receipts" : count + "\n" + ResultTable.aligned([["entry", "of", "number"]] + rows))
    return parts.joined(separator: "\n\n")
  }
}
