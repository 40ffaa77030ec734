#include "events/json.hpp"

#include <charconv>
#include <cmath>
#include <cstdlib>
#include <optional>
#include <vector>

#include <boost/json/basic_parser_impl.hpp>

namespace signalbox {

namespace {

constexpr std::int64_t max_safe_integer = (std::int64_t{1} << 53) - 1;

/// From here on ECMAScript prints a whole number with an exponent.
constexpr double exponent_threshold = 1e21;

/// Whether valid UTF-8 holds a noncharacter (RFC 7493 section 2.1): U+FDD0 to
/// U+FDEF, or the last two code points of a plane.
bool has_noncharacter(std::string_view utf8) {
  auto byte = [&](std::size_t i) { return static_cast<std::uint8_t>(utf8[i]); };
  for (std::size_t i = 0; i + 2 < utf8.size(); ++i) {
    if (byte(i) < 0xEF)
      continue;
    if (byte(i) == 0xEF) {
      if (byte(i + 1) == 0xB7 && byte(i + 2) >= 0x90 && byte(i + 2) <= 0xAF)
        return true;
      if (byte(i + 1) == 0xBF && byte(i + 2) >= 0xBE)
        return true;
    } else if (i + 3 < utf8.size() && (byte(i + 1) & 0x0F) == 0x0F &&
               byte(i + 2) == 0xBF && byte(i + 3) >= 0xBE) {
      return true;
    }
  }
  return false;
}

/// Builds the value while Boost.JSON reports tokens. Boost.JSON's own parser
/// lets the last of two equal keys win and rounds large integers; both would
/// rewrite a document silently.
class value_builder {
 public:
  static constexpr std::size_t max_object_size = std::size_t(-1);
  static constexpr std::size_t max_array_size = std::size_t(-1);
  static constexpr std::size_t max_key_size = std::size_t(-1);
  static constexpr std::size_t max_string_size = std::size_t(-1);

  using error_code = boost::system::error_code;
  using text_view = json::string_view;

  explicit value_builder(std::size_t max_depth) : max_depth_{max_depth} {}

  json::value take() { return std::move(root_); }

  /// What the builder itself refused, if it was the builder.
  const std::optional<failure>& refusal() const { return refusal_; }

  /// The place that was being read.
  std::string pointer() const {
    std::string out;
    for (auto& at : frames_) {
      if (auto* items = at.container.if_array())
        out = append_pointer(out, std::to_string(items->size()));
      else if (at.has_key)
        out = append_pointer(out, at.key);
    }
    return out;
  }

  bool on_document_begin(error_code&) { return true; }
  bool on_document_end(error_code&) { return true; }
  bool on_object_begin(error_code& ec) { return open(json::object{}, ec); }
  bool on_object_end(std::size_t, error_code&) { return close(); }
  bool on_array_begin(error_code& ec) { return open(json::array{}, ec); }
  bool on_array_end(std::size_t, error_code&) { return close(); }
  bool on_bool(bool x, error_code&) { return add(x); }
  bool on_null(error_code&) { return add(nullptr); }
  bool on_comment_part(text_view, error_code&) { return true; }
  bool on_comment(text_view, error_code&) { return true; }

  bool on_key_part(text_view part, std::size_t, error_code&) {
    return append(part);
  }

  bool on_key(text_view part, std::size_t, error_code& ec) {
    append(part);
    auto& at = frames_.back();
    at.key.swap(text_);
    at.has_key = true;
    text_.clear();
    if (at.container.get_object().contains(at.key))
      return refuse(errc::bad_json, "an object has this key twice", ec);
    if (has_noncharacter(at.key))
      return refuse(errc::bad_json, "a key holds a noncharacter", ec);
    return true;
  }

  bool on_string_part(text_view part, std::size_t, error_code&) {
    return append(part);
  }

  bool on_string(text_view part, std::size_t, error_code& ec) {
    append(part);
    if (has_noncharacter(text_))
      return refuse(errc::bad_json, "a string holds a noncharacter", ec);
    add(json::string{text_});
    text_.clear();
    return true;
  }

  bool on_number_part(text_view part, error_code&) { return append(part); }

  bool on_int64(std::int64_t, text_view part, error_code& ec) {
    return on_number(part, ec);
  }

  bool on_uint64(std::uint64_t, text_view part, error_code& ec) {
    return on_number(part, ec);
  }

  bool on_double(double, text_view part, error_code& ec) {
    return on_number(part, ec);
  }

 private:
  struct frame {
    json::value container;
    std::string key;
    bool has_key = false;
  };

  bool refuse(errc code, std::string message, error_code& ec) {
    refusal_ = failure{code, std::move(message), pointer()};
    ec = make_error_code(boost::system::errc::invalid_argument);
    return false;
  }

  bool append(std::string_view part) {
    text_ += part;
    return true;
  }

  /// Reads the literal itself: the conversion of Boost.JSON 1.81 is not always
  /// the nearest double, and a signed number has to be.
  bool on_number(text_view part, error_code& ec) {
    append(part);
    auto literal = std::move(text_);
    text_.clear();
    double number = 0;
    auto end = literal.data() + literal.size();
    auto parsed = std::from_chars(literal.data(), end, number);
    if (parsed.ec == std::errc::result_out_of_range)
      number = std::strtod(literal.c_str(), nullptr); // infinity, or near zero
    if (!std::isfinite(number))
      return refuse(errc::bad_json, "a number is too large for a double", ec);
    if (number != std::trunc(number))
      return add(number);
    if (std::abs(number) <= static_cast<double>(max_safe_integer))
      return add(static_cast<std::int64_t>(number));
    auto whole = literal.find_first_of(".eE") == std::string::npos;
    if (whole || std::abs(number) < exponent_threshold)
      return refuse(errc::bad_json, "an integer lies beyond 2^53 - 1", ec);
    return add(number);
  }

  bool open(json::value container, error_code& ec) {
    if (frames_.size() >= max_depth_)
      return refuse(
          errc::too_large,
          "nested deeper than " + std::to_string(max_depth_) + " levels", ec);
    frames_.push_back({std::move(container), {}, false});
    return true;
  }

  bool close() {
    auto container = std::move(frames_.back().container);
    frames_.pop_back();
    return add(std::move(container));
  }

  bool add(json::value x) {
    if (frames_.empty()) {
      root_ = std::move(x);
      return true;
    }
    auto& at = frames_.back();
    if (auto* items = at.container.if_array()) {
      items->push_back(std::move(x));
    } else {
      at.container.get_object().emplace(at.key, std::move(x));
      at.has_key = false;
    }
    return true;
  }

  std::size_t max_depth_;
  std::vector<frame> frames_;
  std::string text_; // the key, string or number being read
  json::value root_;
  std::optional<failure> refusal_;
};

} // namespace

result<json::value> parse_json(std::string_view text,
                               const json_limits& limits) {
  if (text.size() > limits.bytes)
    return failure{errc::too_large,
                   "larger than " + std::to_string(limits.bytes) + " bytes"};
  json::parse_options options;
  options.max_depth = limits.depth + 1; // the builder refuses first
  json::basic_parser<value_builder> parser{options, limits.depth};
  boost::system::error_code ec;
  auto used = parser.write_some(false, text.data(), text.size(), ec);
  auto& builder = parser.handler();
  if (builder.refusal())
    return *builder.refusal();
  if (ec)
    return failure{errc::bad_json, "not JSON: " + ec.message(),
                   builder.pointer()};
  if (used < text.size())
    return failure{errc::bad_json, "text follows the document"};
  return builder.take();
}

std::string append_pointer(std::string_view parent, std::string_view token) {
  std::string out{parent};
  out += '/';
  for (auto c : token) {
    if (c == '~')
      out += "~0";
    else if (c == '/')
      out += "~1";
    else
      out += c;
  }
  return out;
}

} // namespace signalbox
