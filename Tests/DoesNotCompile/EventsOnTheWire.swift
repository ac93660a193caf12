// Must not compile: no message takes what is local. See scripts/check-local-only.
import Behavior
import WireProtocol

func leak(_ history: LocalOnly<[UInt8]>) -> RequestBody {
  .stepMessage(history)
}
