#pragma once

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include <sys/stat.h>

#include "tests/system/kafka_cluster.hpp"

namespace signalbox::test {

/// Settings of Kafka as lines NAME = VALUE, to be changed one by one.
class way_in {
 public:
  explicit way_in(std::string text) : text_{std::move(text)} {}

  /// The same with another value, or with one more setting.
  way_in with(const std::string& name, const std::string& value) const {
    auto out = *this;
    const auto line = name + " = " + value + '\n';
    const auto at = text_.find(name + " = ");
    if (at == std::string::npos)
      out.text_ += line;
    else
      out.text_.replace(at, text_.find('\n', at) + 1 - at, line);
    return out;
  }
  way_in without(const std::string& name) const {
    auto out = *this;
    const auto at = text_.find(name + " = ");
    out.text_.erase(at, text_.find('\n', at) + 1 - at);
    return out;
  }
  std::string at(const std::string& name) const {
    const auto at = text_.find(name + " = ") + name.size() + 3;
    return text_.substr(at, text_.find('\n', at) - at);
  }
  bool has(const std::string& name) const {
    return text_.find(name + " = ") != std::string::npos;
  }

  const std::string& text() const { return text_; }
  /// As a ledger of tests takes it, which names the topics itself.
  std::string servers() const {
    constexpr std::string_view first = "bootstrap.servers = ";
    return text_.substr(text_.find(first) + first.size());
  }
  void write(const std::filesystem::path& file) const {
    write_text(file, text_);
    ::chmod(file.c_str(), 0600);
  }

 private:
  std::string text_;
};

/// A broker with listeners for passwords (SASL_SSL) and for certificates of
/// clients (SSL). Users: node, replica, consumer; the certificate is a node's.
struct safe_cluster : kafka_cluster {
  explicit safe_cluster(std::vector<std::string> options = {})
      : kafka_cluster{1, with_safe(std::move(options))} {}

  way_in by_password(const std::string& user,
                     const std::string& mechanism = "plain") const {
    return read(mechanism + '-' + user);
  }
  way_in by_certificate() const { return read("mutual"); }

  std::string file(const std::string& name) const {
    return folder() / "safe" / name;
  }

 private:
  static std::vector<std::string> with_safe(std::vector<std::string> x) {
    x.emplace_back("--safe");
    return x;
  }
  way_in read(const std::string& name) const {
    return way_in{read_text(file(name + ".properties"))};
  }
};

} // namespace signalbox::test
