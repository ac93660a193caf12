import Behavior
import Foundation
import Testing

@testable import BehaviorReaders

/// Where the published data lie, if at all: they may not be part of this repository.
private enum RealData {
  static let root =
    ProcessInfo.processInfo.environment["SILHOUETTE_DATA"]
    ?? URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("shared/data").path

  static func has(_ name: String) -> Bool {
    FileManager.default.fileExists(atPath: root + "/" + name)
  }

  /// FNV-1a over lists of indices, each list ended by 0.
  static func digest(_ lists: [[Int32]]) -> UInt64 {
    var digest: UInt64 = 0xCBF2_9CE4_8422_2325
    for list in lists {
      for item in list { digest = (digest ^ UInt64(item + 1)) &* 0x100_0000_01B3 }
      digest = digest &* 0x100_0000_01B3
    }
    return digest
  }
}

/// The digests were computed by a separate Python reader of the same files.
struct MovieLensRealDataTests {
  @Test(
    .enabled(if: RealData.has("ml-100k"), "set SILHOUETTE_DATA to a folder that holds ml-100k"))
  func hundredThousand() throws {
    let population = try BehaviorFiles.readMovieLens100K(
      directory: RealData.root + "/ml-100k", maxBadRows: 0)
    #expect(population.log.userIDs == (1...943).map(String.init))
    #expect(population.catalogue.items.map(\.id) == (1...1_682).map(String.init))
    #expect(population.log.eventCount == 100_000)
    #expect(population.catalogue.categoryNames.count == 19)
    let lists = (0..<943).map { population.log.history(of: $0).events.map(\.item) }
    #expect(RealData.digest(lists) == 0xF54C_26B5_DCD0_4470)
  }

  @Test(
    .enabled(
      if: RealData.has("ml-1m/interactions.txt.gz"),
      "set SILHOUETTE_DATA to a folder that holds ml-1m"))
  func millionWithPublishedSplit() throws {
    let population = try BehaviorFiles.readMovieLens1M(
      directory: RealData.root + "/ml-1m", maxBadRows: 0)
    let tests = try #require(population.publishedTests)
    #expect(population.log.userIDs == (1...6_040).map(String.init))
    #expect(population.catalogue.count == 3_883)
    // Two of the 6,040 test movies are not among their user's 1,000,209 pairs.
    #expect(population.log.eventCount == 1_000_209 - 6_038)
    let histories = (0..<6_040).map { population.log.history(of: $0).events }
    #expect(RealData.digest(histories.map { $0.map(\.item).sorted() }) == 0xBA83_5B7F_736A_EA36)
    #expect(
      RealData.digest(histories.map { $0.filter(\.hasTime).map(\.item) })
        == 0xCF0C_454C_C709_A5A4)
    #expect(RealData.digest([tests.map(\.item)]) == 0x94C9_6DC1_F3E6_F8D2)
    #expect(RealData.digest(tests.map(\.negatives)) == 0x1D7C_A0D0_73C4_2E96)
  }
}
