#pragma once

#include "app/api_failure.hpp"

namespace signalbox {

/// A server's failure with the options of the command in place of parameters:
/// `--major` for `/major`, `--param NAME` for `/template/parameters/NAME`. What
/// lies inside a draft keeps its pointer: `FILE at /servers`. What no option
/// stands for stays as it is.
/// The pointer of what is returned is then no JSON pointer but what to show.
failure in_words_of_options(failure said, const asked& what);

} // namespace signalbox
