#include "api/consistency.hpp"

#include "api/operation.hpp"

namespace signalbox {

result<consistency> read_consistency(const json::object& params) {
  parameter_reader in{params};
  const auto text = in.optional_text("consistency").value_or("fast");
  if (text != "fast" && text != "linear")
    in.fail("consistency", "must be fast or linear");
  else if (text == "linear" && in.optional_text("at"))
    in.fail("consistency", "linear asks for what is newest, and at for what "
                           "was current before: leave one of them out");
  if (in.error())
    return *in.error();
  return text == "linear" ? consistency::linear : consistency::fast;
}

} // namespace signalbox
