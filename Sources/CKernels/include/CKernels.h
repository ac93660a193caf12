#pragma once

#include "encode.h"
#include "vector.h"
