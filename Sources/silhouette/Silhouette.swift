internal import ArgumentParser

@main
struct Silhouette: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "silhouette", abstract: "Private federated user profiling.")
}
