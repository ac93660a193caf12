import BehaviorReaders
import Foundation
import Simulator

// Trains the Transformer encoder on MovieLens without privacy and ranks every user's held-out item.
//
//   swift run -c release encoder-benchmark ml-100k|ml-1m FOLDER [seed=1] [epochs=40] [dropout=0.2] ...
//
//   swift run -c release encoder-benchmark device
//
// The second times what a device does with it, and ends with 1 where that takes longer than it may.
// Prints one line per epoch to standard error and one JSON line per run.

let arguments = CommandLine.arguments.dropFirst()
struct Usage: Error {}
if arguments.first == "device" {
  let figures = try DeviceBenchmark().run()
  for figure in figures {
    print(
      "\(figure.name): \((1000 * figure.milliseconds).rounded() / 1000) ms of \(figure.most)"
        + (figure.isMissed ? ", missed" : ""))
  }
  if figures.contains(where: \.isMissed) { exit(1) }
} else {
  guard arguments.count >= 2 else {
    print("usage: encoder-benchmark device, or ml-100k|ml-1m FOLDER [key=value ...]")
    throw Usage()
  }
  let name = arguments[1]
  let folder = arguments[2]
  var settings: [String: Double] = [:]
  for argument in arguments.dropFirst(2) {
    let parts = argument.split(separator: "=")
    guard parts.count == 2, let value = Double(parts[1]) else { throw Usage() }
    settings[String(parts[0])] = value
  }
  let population =
    name == "ml-100k"
    ? try BehaviorFiles.readMovieLens100K(directory: folder, maxBadRows: 100)
    : try BehaviorFiles.readMovieLens1M(directory: folder, maxBadRows: 100)
  let line = try await EncoderBenchmark(population: population, settings: settings).run()
  print(line)
}
