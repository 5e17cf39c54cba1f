// What a listing looks like: its style sheet and its icons. The page is one file that loads nothing, so all of it
// stands in the page's head, and a row names its icon by a class of one letter.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace handlers {

enum class Icon : std::uint8_t { up, directory, file, text, code, document, picture, sound, film, archive };

// By the media type that the name's extension stands for.
Icon icon_for(std::string_view name, bool is_directory);

// The class of a link that shows the icon.
std::string_view icon_class(Icon icon);

// The <style> element.
void append_listing_style(std::string& out);

}  // namespace handlers
