// Must not compile: what is local has no encoding. See scripts/check-local-only.
import Behavior
import Foundation

func leak(_ history: LocalOnly<[Int]>) throws -> Data {
  try JSONEncoder().encode(history)
}
