internal import CArchive

/// The bytes of a file in order, decompressed on the way when it is gzip, bzip2, xz or zstd.
///
/// Holds one chunk at a time. Compression is recognised by content, not by name. The filters are
/// named one by one because libarchive's "all" includes some that start external programs.
@safe
package struct ByteSource: ~Copyable {
  private static let chunkBytes = 1 << 16

  package let path: String
  private let archive: OpaquePointer
  private var chunk = [UInt8](repeating: 0, count: Self.chunkBytes)
  private var position = 0
  private var end = 0
  private var isFinished: Bool

  package init(path: String) throws(ReaderError) {
    let opened = try unsafe Self.open(path)
    unsafe archive = opened.archive
    isFinished = unsafe opened.isEmpty
    self.path = path
  }

  /// Opens the file as far as its first byte.
  private static func open(
    _ path: String
  ) throws(ReaderError) -> (archive: OpaquePointer, isEmpty: Bool) {
    guard let archive = unsafe archive_read_new() else {
      throw .cannotOpen(file: path, reason: "no memory left for the decompressor")
    }
    unsafe archive_read_support_filter_gzip(archive)
    unsafe archive_read_support_filter_bzip2(archive)
    unsafe archive_read_support_filter_xz(archive)
    unsafe archive_read_support_filter_zstd(archive)
    // Raw takes any content as one entry, but refuses an empty file, which `empty` accepts.
    unsafe archive_read_support_format_raw(archive)
    unsafe archive_read_support_format_empty(archive)
    guard unsafe archive_read_open_filename(archive, path, chunkBytes) == ARCHIVE_OK else {
      defer { unsafe archive_read_free(archive) }
      throw unsafe .cannotOpen(file: path, reason: reason(archive))
    }
    var entry: OpaquePointer?
    switch unsafe archive_read_next_header(archive, &entry) {
    case ARCHIVE_EOF: return unsafe (archive, true)
    case ARCHIVE_OK, ARCHIVE_WARN: return unsafe (archive, false)
    default:
      defer { unsafe archive_read_free(archive) }
      throw unsafe .damaged(file: path, reason: reason(archive))
    }
  }

  deinit {
    unsafe archive_read_free(archive)
  }

  /// The next byte, or `nil` at the end.
  package mutating func next() throws(ReaderError) -> UInt8? {
    if position == end { try refill() }
    guard position < end else { return nil }
    defer { position += 1 }
    return chunk[position]
  }

  /// Moves the bytes up to and without the next line feed to `line`, or up to the end.
  ///
  /// Bytes beyond `limit` are dropped, so memory stays bounded.
  /// - Returns: `nil` when nothing is left, else whether the whole line fitted.
  package mutating func moveLine(
    to line: inout [UInt8], limit: Int
  ) throws(ReaderError) -> Bool? {
    line.removeAll(keepingCapacity: true)
    var fits = true
    var isAtEnd = true
    while true {
      if position == end { try refill() }
      if position == end { return isAtEnd ? nil : fits }
      isAtEnd = false
      let rest = chunk[position..<end]
      let lineFeed = rest.firstIndex(of: UInt8(ascii: "\n"))
      let part = rest[..<(lineFeed ?? end)]
      fits = fits && line.count + part.count <= limit
      if fits { line.append(contentsOf: part) }
      position = lineFeed.map { $0 + 1 } ?? end
      if lineFeed != nil { return fits }
    }
  }

  /// Passes over a UTF-8 byte order mark at the start of the file.
  ///
  /// Call it before anything was read.
  package mutating func skipByteOrderMark() throws(ReaderError) {
    if position == end { try refill() }
    if end >= 3, chunk[..<3].elementsEqual([0xEF, 0xBB, 0xBF]) { position = 3 }
  }

  /// Reads the next chunk; without one `position == end` holds.
  private mutating func refill() throws(ReaderError) {
    if isFinished { return }
    position = 0
    end = 0
    let count = unsafe chunk.withUnsafeMutableBytes { bytes in
      unsafe archive_read_data(archive, bytes.baseAddress, bytes.count)
    }
    guard count >= 0 else {
      throw unsafe .damaged(file: path, reason: Self.reason(archive))
    }
    end = count
    isFinished = count == 0
  }

  private static func reason(_ archive: OpaquePointer) -> String {
    guard let text = unsafe archive_error_string(archive) else { return "reason not reported" }
    return unsafe String(cString: text)
  }
}
