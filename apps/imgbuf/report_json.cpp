#include "report_json.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace imgbuf::cli {

namespace {

using Json = nlohmann::ordered_json;

Json picture_json(const std::string& file, const std::string& format, const ImageInfo& info) {
  return {{"file", file},
          {"format", format},
          {"width", info.width},
          {"height", info.height},
          {"pixels", info.pixel.to_string()}};
}

Json plan_json(const ConvertPlan& plan) {
  Json stages = Json::array();
  for (const PlanStage& stage : plan.stages) {
    Json json{{"name", stage.name}, {"detail", stage.detail}, {"copied_bytes", stage.scratch_bytes}};
    if (stage.scratch_bytes > 0) json["copied_because"] = stage.scratch_reason;
    stages.push_back(std::move(json));
  }
  Json buffers = Json::array();
  for (const PlanBuffer& buffer : plan.buffers) buffers.push_back({{"what", buffer.what}, {"bytes", buffer.bytes}});

  Json json;
  json["streaming"] = plan.streaming;
  json["in_file"] = plan.in_file;
  if (!plan.streaming) json["whole_image_because"] = plan.whole_image_reason;
  json["stages"] = std::move(stages);
  json["arrangement"] = plan.arrangement.to_string();
  json["rows_per_strip"] = plan.rows_per_strip;
  json["strips"] = plan.strips;
  json["threads"] = plan.threads;
  json["buffers"] = std::move(buffers);
  json["buffer_bytes"] = plan.buffer_bytes;
  json["codec_bytes"] = plan.codec_bytes;
  json["copied_bytes"] = plan.scratch_bytes();
  return json;
}

}  // namespace

std::string to_json(const Conversion& conversion, const ConvertFacts& facts) {
  const ConvertPlan& plan = conversion.plan();
  const std::vector<std::string>& losses = facts.report != nullptr ? facts.report->losses : plan.warnings;
  Json warnings = Json::array();
  for (const std::string& line : facts.lines) {
    if (std::find(losses.begin(), losses.end(), line) == losses.end()) warnings.push_back(line);
  }

  Json json;
  json["input"] = picture_json(facts.input, conversion.input().file.format, conversion.input());
  json["output"] = picture_json(facts.output, conversion.format(), conversion.output());
  json["plan"] = plan_json(plan);
  json["dropped"] = plan.dropped;
  json["losses"] = losses;
  json["warnings"] = std::move(warnings);
  if (facts.report != nullptr) {
    json["rows"] = facts.report->rows;
    json["bytes_written"] = facts.report->output_bytes;
    json["copied_bytes"] = facts.report->scratch_bytes;
    json["seconds"] = facts.report->seconds;
  }
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace imgbuf::cli
