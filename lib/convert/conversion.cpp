#include <algorithm>
#include <chrono>
#include <optional>
#include <utility>

#include "convert/channels.hpp"
#include "convert/geometry.hpp"
#include "convert/job.hpp"
#include "convert/output_metadata.hpp"
#include "convert/planning.hpp"
#include "convert/relay_sink.hpp"
#include "convert/target.hpp"
#include "image/xmp_orientation.hpp"
#include "imgbuf/convert.hpp"
#include "imgbuf/error.hpp"

namespace imgbuf {

using namespace conversion;

namespace {

/// Runs `work`; an error that does not name `file` yet does so afterwards.
template <class Work>
auto about(const std::string& file, Work&& work) {
  try {
    return work();
  } catch (const Error& error) {
    throw error.about(file);
  }
}

std::string orientation_goes(Orientation stored) {
  return "EXIF's orientation (" + std::string(describe(stored)) + ") goes with the metadata and is not applied";
}

}  // namespace

// What stands inside an exported class would be exported with it.
struct __attribute__((visibility("hidden"))) Conversion::State {
  ConvertOptions options;
  std::string output_name;
  std::unique_ptr<Reader> reader;
  std::string format;
  Geometry geometry;
  ChannelChoice channels;
  std::optional<PixelConverter> converter;
  Job job;
  ImageInfo output;
  std::unique_ptr<RelaySink> relay;
  std::unique_ptr<Writer> writer;
  ConvertPlan plan;
  std::vector<std::string> losses;
  bool knew_exif = false;  ///< before the pixels
  bool has_run = false;

  State(std::unique_ptr<Source> source, const ConvertOptions& opts, const std::string& name);

  void start_reader();
  void check_memory() const;
  std::vector<std::string> start_writer();
  void lose(const std::string& what, const Context& context);
  void keep_late_metadata(Context& context);
  void lose_late_metadata(const Context& context);
  [[nodiscard]] Orientation late_orientation() const;
  void note_stripped_orientation(Orientation late, const Context& context);
};

Conversion::State::State(std::unique_ptr<Source> source, const ConvertOptions& opts, const std::string& name)
    : options(opts), output_name(name) {
  const std::string input_name = source->name();
  reader = open_reader(std::move(source), options.limits);
  reader->scan_metadata();  // so that nothing of it comes too late
  const ImageInfo& input = reader->info();
  format = about(output_name, [&] {
    return std::string(writable_format(options.format.empty() ? input.file.format : options.format));
  });

  geometry = about(input_name,
                   [&] { return compose(options.geometry, input.width, input.height, orientation(input.metadata)); });
  channels = about(input_name, [&] { return choose_channels(options.geometry, input); });
  start_reader();

  Target target = about(output_name, [&] { return choose_target(job.selected, format, options); });
  job.target = target.pixel;
  if (target.converts) job.converter = &converter.emplace(job.selected, target.pixel, options.background);

  output = job.selected;
  output.width = geometry.width();
  output.height = geometry.height();
  output.pixel = target.pixel;
  if (target.converts) {
    output.palette.clear();
    output.transparent_color.reset();
  }
  OutputMetadata said = output_metadata(input.metadata, geometry, options.metadata);
  output.metadata = std::move(said.metadata);

  std::vector<std::string> warnings = std::move(target.warnings);
  std::move(said.losses.begin(), said.losses.end(), std::back_inserter(warnings));
  const Orientation stored = orientation(input.metadata);
  knew_exif = !input.metadata.exif.empty();
  if (!options.metadata.exif && stored != Orientation::upright && !geometry.oriented)
    warnings.push_back(orientation_goes(stored));
  if (geometry.oriented && stored == Orientation::upright && !image::is_xmp_upright(output.metadata.xmp))
    warnings.emplace_back(
        "XMP's orientation is kept and the picture is not turned: EXIF's is applied, and it has none");
  std::vector<std::string> of_writer = start_writer();
  std::move(of_writer.begin(), of_writer.end(), std::back_inserter(warnings));

  const Decisions decisions{options, input, output, geometry, channels, format, *reader, *writer};
  // An arrangement that was asked for wants memory to be arranged.
  if (reader->has_view() && !options.arrangement) job.in_file = reader->view({0, 0, job.rows.width, job.rows.height});
  choose_buffers(decisions, job);
  plan = make_plan(decisions, job);
  plan.warnings = std::move(warnings);
  plan.dropped = options.metadata.dropped(input.metadata);
  about(input_name, [this] { check_memory(); });
}

/// Channels that one stride can choose are chosen by a view, others by the decoder.
void Conversion::State::start_reader() {
  DecodeOptions decode{.expand = channels.expand, .limits = options.limits};
  if (geometry.cropped) decode.region = geometry.region;
  const bool by_view = are_evenly_spaced(channels.channels);
  if (!by_view) decode.channels = channels.channels;
  job.reader = reader.get();
  job.rows = reader->start(decode);
  job.rows.metadata = {};
  job.selected = job.rows;
  if (by_view && !channels.channels.empty()) {
    job.selection = channels.channels;
    job.selected.pixel = channels.pixel;
    job.selected.palette.clear();
    job.selected.transparent_color.reset();
  }
  job.orientation = geometry.orientation;
}

void Conversion::State::check_memory() const {
  if (plan.memory_bytes() <= options.limits.max_image_bytes) return;
  throw Error(ErrorCode::limit_exceeded,
              (plan.streaming ? "the strips take " : "the whole image must be held and takes ") +
                  std::to_string(plan.memory_bytes()) + " bytes, more than the limit of " +
                  std::to_string(options.limits.max_image_bytes) +
                  (plan.streaming ? std::string() : ": " + plan.whole_image_reason));
}

/// Starts a writer for `output` on a sink that is not connected yet. Returns what it had to say.
std::vector<std::string> Conversion::State::start_writer() {
  std::vector<std::string> warnings;
  Context context;
  context.on_warning = [&warnings](std::string_view line) { warnings.emplace_back(line); };
  writer.reset();
  relay = std::make_unique<RelaySink>(output_name);
  writer = make_writer(format, *relay, options.encode);
  writer->start(output, context);
  return warnings;
}

void Conversion::State::lose(const std::string& what, const Context& context) {
  losses.push_back(what);
  context.warn(what);
}

/// When nothing is written yet, metadata that stood after the pixels still comes in time.
void Conversion::State::keep_late_metadata(Context& context) {
  const Orientation late = late_orientation();
  note_stripped_orientation(late, context);
  Geometry applied = geometry;
  if (late != Orientation::upright) applied.oriented = false;
  OutputMetadata complete = output_metadata(reader->info().metadata, applied, options.metadata);
  if (late_metadata(output.metadata, complete.metadata).empty()) return;
  output.metadata = std::move(complete.metadata);
  if (geometry.oriented && options.metadata.exif && late != Orientation::upright)
    lose("EXIF stands after the pixels: its orientation is kept and the picture is not turned", context);
  const auto lose_new = [&](const std::vector<std::string>& lines) {
    for (const std::string& line : lines)
      if (std::find(plan.warnings.begin(), plan.warnings.end(), line) == plan.warnings.end()) lose(line, context);
  };
  lose_new(complete.losses);
  lose_new(start_writer());
}

/// That of EXIF which came after the pixels.
Orientation Conversion::State::late_orientation() const {
  return knew_exif ? Orientation::upright : orientation(reader->info().metadata);
}

void Conversion::State::note_stripped_orientation(Orientation late, const Context& context) {
  if (!options.metadata.exif && late != Orientation::upright) lose(orientation_goes(late), context);
}

void Conversion::State::lose_late_metadata(const Context& context) {
  const Orientation late = late_orientation();
  note_stripped_orientation(late, context);
  if (options.metadata.exif && late != Orientation::upright) lose(orientation_goes(late), context);
  const Metadata complete = output_metadata(reader->info().metadata, geometry, options.metadata).metadata;
  for (const std::string& name : late_metadata(output.metadata, complete)) {
    lose(name + " stands after the pixels and is not kept", context);
  }
}

Conversion::Conversion(std::unique_ptr<Source> source, const ConvertOptions& options, const std::string& output_name)
    : state_(std::make_unique<State>(std::move(source), options, output_name)) {}

Conversion::~Conversion() = default;
Conversion::Conversion(Conversion&&) noexcept = default;
Conversion& Conversion::operator=(Conversion&&) noexcept = default;

const ConvertPlan& Conversion::plan() const noexcept {
  return state_->plan;
}
const ImageInfo& Conversion::input() const noexcept {
  return state_->reader->info();
}
const ImageInfo& Conversion::output() const noexcept {
  return state_->output;
}
const std::string& Conversion::format() const noexcept {
  return state_->format;
}

ConvertReport Conversion::run(Sink& sink, Context& context) {
  State& state = *state_;
  if (state.has_run) throw Error(ErrorCode::invalid_argument, "a conversion runs only once");
  state.has_run = true;
  const auto begin = std::chrono::steady_clock::now();
  const std::int64_t scratch_before = context.scratch_bytes();

  for (const std::string& warning : state.plan.warnings) state.lose(warning, context);
  if (state.job.held == Held::nothing) {
    state.relay->connect(sink);
    run_streaming(state.job, *state.writer, context);
    state.lose_late_metadata(context);
  } else {
    const HeldImages images = decode_all(state.job, context);
    state.keep_late_metadata(context);
    state.relay->connect(sink);
    encode_all(state.job, images, *state.writer, context);
  }
  state.writer->finish(context);
  context.check_cancelled();
  sink.commit();

  return {.rows = state.output.height,
          .output_bytes = state.relay->byte_count(),
          .scratch_bytes = context.scratch_bytes() - scratch_before,
          .seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count(),
          .losses = state.losses};
}

}  // namespace imgbuf
