internal import Foundation

/// Asks before anything is fetched from elsewhere.
enum Consent {
  /// Shows the terms and asks, unless the answer was given with `--yes`.
  ///
  /// Without a terminal nobody can have read the terms, so the answer is no.
  static func toDownload(_ offer: DownloadOffer, isGiven: Bool) -> Bool {
    let megabytes = (Double(offer.byteCount) / 1e6).rounded()
    if isGiven {
      ConsoleError.write("\(offer.name) is fetched from \(offer.address) under these terms:")
      ConsoleError.write(offer.license)
      return true
    }
    guard isatty(STDIN_FILENO) == 1, ConsoleError.isTerminal else { return false }
    ConsoleError.write("\(offer.name) can be fetched from \(offer.address).")
    ConsoleError.write(offer.license)
    ConsoleError.put("Fetch \(Int(megabytes)) MB under these terms? [y/N] ")
    return ["y", "yes"].contains(readLine()?.lowercased() ?? "")
  }
}

/// A data set that its publisher lets everybody fetch.
struct DownloadOffer: Sendable {
  let name: String
  let address: String
  let byteCount: Int
  let license: String
}
