import Foundation
import WireTap

// Devices whose noise follows from a seed, so that what they release can be compared with the simulator's. It belongs to
// scripts/nodes and to no product: such noise hides nothing from anybody who knows the seed.
//   seeded-nodes run FOLDER DEVICE...    takes part in rounds with the devices of these numbers, until it is killed;
//                                        what they send is in FOLDER/sent, also as the coordinator opens it
//   seeded-nodes compare FOLDER          simulates the same rounds; prints both hashes and the table of quality
//   seeded-nodes served FOLDER           keeps what the coordinator tells everybody in FOLDER/served
//   seeded-nodes forms STRING            prints how a string may be written, one form a line
// FOLDER is that of scripts/nodes: behavior, coordinator, device-1 and so on. `compare` exits with 1 if the hashes differ.

let words = Array(CommandLine.arguments.dropFirst())
let numbers = words.dropFirst(2).compactMap { Int($0) }
switch (words.first, words.count) {
case ("run", 3...) where numbers.count == words.count - 2:
  try await SeededProcess(folder: words[1]).run(numbers)
case ("compare", 2):
  exit(try await Comparison(folder: words[1]).run() ? 0 : 1)
case ("served", 2): try await ServedFiles(folder: words[1]).keep()
case ("forms", 2): print(PlantedStrings.forms(of: words[1]).joined(separator: "\n"))
default:
  print(
    "usage: seeded-nodes run FOLDER DEVICE... | compare FOLDER | served FOLDER | forms STRING")
  exit(64)
}
