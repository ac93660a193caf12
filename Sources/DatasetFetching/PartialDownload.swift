internal import CryptoPrimitives
internal import Foundation

/// The part of an archive that has arrived, and what it takes to ask for the rest.
///
/// Beside `NAME.zip.part` lies `NAME.zip.part.validator`, the server's strong ETag for the content.
/// Without it the part is not continued, because the content may have changed in between.
struct PartialDownload: Sendable {
  let file: OutputFile
  private var validatorPath: String { file.path + ".validator" }

  /// Opens the part and takes it for this process.
  init(opening path: String) throws(DownloadError) {
    file = try OutputFile(opening: path)
    do throws(DownloadError) {
      try file.lock()
    } catch {
      file.abandon()
      throw error
    }
  }

  /// How much can be kept and the validator to ask for the rest with, or nothing.
  func resumption() throws(DownloadError) -> (offset: Int, validator: String)? {
    let offset = try file.byteCount()
    guard offset > 0, FileManager.default.fileExists(atPath: validatorPath) else { return nil }
    do {
      let validator = try String(contentsOfFile: validatorPath, encoding: .utf8)
      return isStrongValidator(validator) ? (offset, validator) : nil
    } catch {
      throw .fileOperation(
        "read", path: validatorPath, reason: error.localizedDescription)
    }
  }

  /// Empties the part and notes the validator of the content that is about to come.
  func restart(validator: String?) throws(DownloadError) {
    try removeIfPresent(validatorPath)
    try file.clear()
    guard let validator, isStrongValidator(validator) else { return }
    let note = try OutputFile(creating: validatorPath)
    do throws(DownloadError) {
      try note.write(Array(validator.utf8))
    } catch {
      note.abandon()
      throw error
    }
    try note.close()
  }

  /// SHA-256 of what has arrived, lower-case hexadecimal.
  func sha256() throws(DownloadError) -> String {
    do {
      let reader = try FileHandle(forReadingFrom: URL(filePath: file.path))
      defer { reader.closeFile() }
      var digest = SHA256Digest()
      while let chunk = try reader.read(upToCount: 1 << 20), !chunk.isEmpty {
        digest.update(Array(chunk))
      }
      return hexadecimal(digest.finalize())
    } catch {
      throw .fileOperation("read", path: file.path, reason: error.localizedDescription)
    }
  }

  /// Removes the part and its validator.
  func discard() throws(DownloadError) {
    try removeIfPresent(validatorPath)
    try removeIfPresent(file.path)
  }

  /// RFC 9110 (2022), section 13.1.5: `If-Range` takes no weak entity tag.
  private func isStrongValidator(_ text: String) -> Bool {
    text.count >= 2 && text.hasPrefix("\"") && text.hasSuffix("\"") && !text.contains("\n")
  }
}
