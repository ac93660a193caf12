#pragma once

#include "encode.h"
#include "fourier.h"
#include "loss.h"
#include "neural.h"
#include "ring.h"
#include "rotation.h"
#include "vector.h"
