// The one home of the version: CMakeLists.txt and pyproject.toml read it from this line.
#pragma once

#define STARTGATE_VERSION "0.1.0"
