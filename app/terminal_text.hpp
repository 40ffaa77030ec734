#pragma once

#include <ostream>
#include <streambuf>
#include <string>
#include <string_view>

namespace signalbox {

/// Text that nobody here wrote, such as a server's answer or a stored name, so
/// that it cannot drive the terminal or turn its lines around: control
/// characters (C0 but for tab and line feed, DEL, C1), what changes the
/// direction of text (Unicode's Bidi_Control) and line separators are written
/// as `\u202e`, which in JSON means the same, and bytes that are no UTF-8 as
/// `\xff`.
std::string to_visible(std::string_view text);

/// The same on one line: tabs and line feeds are escaped, too.
std::string to_visible_line(std::string_view text);

/// A stream that writes all text visibly into another. What stands between two
/// flushes is read as one text. Not for exact bytes: see exact_output.
class visible_output : public std::streambuf {
 public:
  /// `out` outlives this object.
  explicit visible_output(std::ostream& out) : out_{out} {}
  ~visible_output() override { sync(); }

  std::ostream& exact() { return out_; }

 protected:
  int_type overflow(int_type c) override;
  std::streamsize xsputn(const char* text, std::streamsize size) override;
  int sync() override;

 private:
  std::ostream& out_;
  std::string held_;
};

/// Where exact bytes go that a person asked for by name: a client's own file,
/// keysets. The stream behind a visible one, unless that is a terminal.
std::ostream& exact_output(std::ostream& out);

} // namespace signalbox
