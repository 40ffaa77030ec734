#include "policy/secret_shapes.hpp"

#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include <re2/re2.h>
#include <re2/set.h>

#include "policy/defaults.hpp"

namespace signalbox {

namespace {

struct shape {
  std::string_view name;
  const char* pattern; ///< of what follows the start of a word
};

constexpr shape shapes[] = {
    {"github-token", "gh[pousr]_[A-Za-z0-9]{30,255}"},
    {"github-token", "github_pat_[A-Za-z0-9_]{22,255}"},
    {"gitlab-token", "gl(?:pat|dt|rt|cbt|ptt|ft|imt|agent|soat|oas)-"
                     "[A-Za-z0-9_.-]{20,300}"},
    {"anthropic-key", "sk-ant-[A-Za-z0-9_-]{20,200}"},
    {"openai-key", "sk-(?:proj|svcacct|admin|or)-[A-Za-z0-9_-]{20,300}"},
    {"openai-key", "sk-[A-Za-z0-9]{32,64}"},
    {"slack-token", "xox[abceoprs](?:\\.xox[bp])?-[A-Za-z0-9-]{10,250}"},
    {"slack-token", "xapp-[0-9]-[A-Za-z0-9-]{10,250}"},
    {"slack-webhook", "hooks\\.slack(?:-gov)?\\.com/"
                      "(?:services|workflows|triggers)/[A-Za-z0-9/_-]{20,}"},
    {"discord-webhook", "discord(?:app)?\\.com/api/webhooks/[0-9]+/"
                        "[A-Za-z0-9_-]{20,}"},
    {"teams-webhook", "webhook\\.office\\.com/webhookb2/[A-Za-z0-9@/-]{40,}"},
    {"aws-key", "(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}"},
    {"google-key", "AIza[A-Za-z0-9_-]{35}"},
    {"google-token", "ya29\\.[A-Za-z0-9_-]{20,}"},
    {"google-secret", "GOCSPX-[A-Za-z0-9_-]{20,}"},
    {"atlassian-token", "AT(?:ATT|CTT)[A-Za-z0-9_-]{20,}"},
    {"npm-token", "npm_[A-Za-z0-9]{36}"},
    {"pypi-token", "pypi-[A-Za-z0-9_-]{50,}"},
    {"hugging-face-token", "hf_[A-Za-z0-9]{30,}"},
    {"stripe-key", "[rs]k_(?:live|test)_[A-Za-z0-9]{16,}"},
    {"stripe-key", "whsec_[A-Za-z0-9+/]{24,}"},
    {"sendgrid-key", "SG\\.[A-Za-z0-9_-]{16,}\\.[A-Za-z0-9_-]{16,}"},
    {"twilio-key", "SK[0-9a-f]{32}"},
    {"mailgun-key", "key-[0-9a-f]{32}"},
    {"databricks-token", "dapi[0-9a-f]{32}"},
    {"azure-key", "(?i:AccountKey|SharedAccessKey)=[A-Za-z0-9+/%]{20,}"},
    {"azure-signature", "sig=[A-Za-z0-9%+/]{30,}"},
    {"digitalocean-token", "do[opr]_v1_[0-9a-f]{40,}"},
    {"shopify-token", "shp(?:at|ca|pa|ss)_[0-9a-fA-F]{32}"},
    {"telegram-token", "[0-9]{8,10}:AA[A-Za-z0-9_-]{32,}"},
    {"linear-key", "lin_(?:api|oauth)_[A-Za-z0-9]{30,}"},
    {"notion-token", "(?:secret|ntn)_[A-Za-z0-9]{40,}"},
    {"figma-token", "fig[dou]_[A-Za-z0-9_-]{30,}"},
    {"doppler-token", "dp\\.(?:pt|st|sa|ct|scim|audit)\\."
                      "(?:[a-z0-9_-]+\\.)?[A-Za-z0-9]{30,}"},
    {"vault-token", "hv[sbr]\\.[A-Za-z0-9_-]{20,}"},
    {"grafana-token", "gl(?:sa|c)_[A-Za-z0-9+/_]{30,}"},
    {"new-relic-key", "NRAK-[A-Z0-9]{27}"},
    {"postman-key", "PMAK-[0-9a-f]{24}-[0-9a-f]{34}"},
    {"terraform-token", "[A-Za-z0-9]{14}\\.atlasv1\\.[A-Za-z0-9_-]{40,}"},
    {"groq-key", "gsk_[A-Za-z0-9]{30,}"},
    {"perplexity-key", "pplx-[A-Za-z0-9]{30,}"},
    {"replicate-token", "r8_[A-Za-z0-9]{30,}"},
    {"xai-key", "xai-[A-Za-z0-9]{40,}"},
    {"tavily-key", "tvly-(?:dev-|prod-)?[A-Za-z0-9]{20,}"},
    {"sentry-token", "sntry[su]_[A-Za-z0-9_=+/-]{40,}"},
    {"supabase-token", "sb(?:p_[0-9a-f]{40}|_secret_[A-Za-z0-9_-]{20,})"},
    {"airtable-token", "pat[A-Za-z0-9]{14}\\.[0-9a-f]{64}"},
    {"1password-token", "ops_eyJ[A-Za-z0-9_-]{40,}"},
    {"jwt", "eyJ[A-Za-z0-9_-]{8,}\\.[A-Za-z0-9_-]{8,}\\.[A-Za-z0-9_-]*"},
    {"private-key", "-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----"},
    {"private-key", "PuTTY-User-Key-File-[23]:"},
    {"age-key", "AGE-SECRET-KEY-(?:PQ-)?1[A-Z0-9]{20,}"},
};

constexpr const char* start_of_word = "(?:^|[^A-Za-z0-9])";
constexpr const char* email = "[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+"
                              "(?:\\.[A-Za-z0-9-]+)*\\.[A-Za-z]{2,24}"
                              "(?:$|[^A-Za-z0-9-])";

RE2::Options options_of_set() {
  RE2::Options out;
  out.set_never_capture(true);
  out.set_log_errors(false);
  out.set_max_mem(policy_defaults::shape_memory);
  return out;
}

re2::StringPiece piece(std::string_view text) {
  return {text.data(), text.size()};
}

class automaton {
 public:
  automaton() : set_{options_of_set(), RE2::UNANCHORED} {
    for (auto& x : shapes) {
      auto pattern = std::string{start_of_word} + x.pattern;
      singles_.push_back(std::make_unique<RE2>(pattern, options_of_set()));
      if (set_.Add(pattern, nullptr) < 0)
        throw std::logic_error("bad shape: " + std::string{x.name});
    }
    if (!set_.Compile())
      throw std::logic_error("the secret shapes do not compile");
  }

  bool any(std::string_view text) const {
    RE2::Set::ErrorInfo error{};
    if (set_.Match(piece(text), nullptr, &error))
      return true;
    // Out of memory for the states is no verdict.
    return error.kind != RE2::Set::kNoError;
  }

  std::optional<std::string_view> first(std::string_view text) const {
    for (std::size_t i = 0; i < singles_.size(); ++i)
      if (RE2::PartialMatch(piece(text), *singles_[i]))
        return shapes[i].name;
    return std::nullopt;
  }

 private:
  RE2::Set set_;
  std::vector<std::unique_ptr<RE2>> singles_;
};

} // namespace

std::optional<std::string_view> find_secret_shape(std::string_view text) {
  static const automaton known;
  if (!known.any(text))
    return std::nullopt;
  return known.first(text);
}

bool has_email_address(std::string_view text) {
  static const RE2 pattern{email, options_of_set()};
  return text.find('@') != std::string_view::npos &&
         RE2::PartialMatch(piece(text), pattern);
}

} // namespace signalbox
