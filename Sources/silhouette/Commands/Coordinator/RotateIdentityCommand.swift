internal import ArgumentParser
internal import CoordinatorNode

struct RotateIdentityCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rotate-identity",
    abstract: "Give the coordinator a new key, and say so in the log.",
    discussion: """
      For a key that others may have seen, or that has served its time: the one that signs answers and rounds. Both \
      keys sign an entry of the log. All plans have to have ended, and the coordinator has to be stopped. The old \
      key is deleted.

      Devices go on with their record when their owners join again with a new code, if the log that they have \
      pinned shows the entry. Witnesses answer when their operators write the new key to `coordinator` in \
      configuration.json. A rotation that was interrupted is finished by the same command.

      Example:
        silhouette coordinator rotate-identity --dir state
      """)

  @OptionGroup var options: CoordinatorOptions

  func run() async throws {
    try await options.rotate(
      .identity,
      remedy: """
        start the coordinator, so that its log shows it; then every device joins again: silhouette coordinator \
        enroll issue --dir \(options.dir)
        """)
  }
}
