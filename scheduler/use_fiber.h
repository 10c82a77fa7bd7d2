// SPDX-License-Identifier: MIT
#pragma once
// The completion token `use_fiber`: auto [error, n] = socket.async_read_some(buffer, use_fiber);
// parks the calling fiber of the engine until the handler ran. Engine thread only.
