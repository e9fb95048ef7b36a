"""From hits to an answer: sentences are judged, chosen, put together and cited."""
