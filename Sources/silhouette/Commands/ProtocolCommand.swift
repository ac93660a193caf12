internal import ArgumentParser

struct ProtocolCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "protocol",
    abstract: "Check implementations of the secure aggregation protocol fsa1.",
    discussion: """
      The protocol is specified in protocols/secure-aggregation.md.

      Example:
        silhouette protocol vectors verify protocols/vectors/secure-aggregation/1
      """,
    subcommands: [ProtocolVectorsCommand.self])
}

struct ProtocolVectorsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "vectors",
    abstract: "Work with known answers of the protocol.",
    discussion: """
      Vectors are JSON files with the schema fsa1-vectors/1: keys, randomness and messages that go \
      into a party, and what has to come out, to the byte. Their fields are explained in \
      protocols/vectors/secure-aggregation/1/README.md.

      Example:
        silhouette protocol vectors verify protocols/vectors/secure-aggregation/1
      """,
    subcommands: [ProtocolVectorsVerifyCommand.self])
}
