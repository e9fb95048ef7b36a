"""Fusion: the scores of two searches go in, one ranking comes out."""

from __future__ import annotations

from index.search.protocol import Scores

# The share of the dense score. Of 600 questions written for this project and 500 of squad2_dev_half with its
# distractors, none of which tests, a right passage is among the first five for .847 and .912; for .830 and .912 at
# .57, for .843 and .898 at .8. Some of squad's articles trained the embedding model, so those flatter.
DENSE_WEIGHT = 0.65


def fuse(dense: Scores, lexical: Scores, *, weight: float = DENSE_WEIGHT) -> Scores:
    """Return the convex combination of both scores, best first.

    `dense` are likenesses (see `index.models.scale`), `lexical` BM25 scores as a share of the most that the query
    allows, so neither depends on what else was found. On qed_nq_dev that was better than ranks (RRF) and than scaling
    by the best hit, which makes the best of bad matches look good (compare Bruch, Gai and Ingber 2023, "An analysis of
    fusion functions for hybrid retrieval"). A score is no probability; `rag.answer.extract` makes one of it and of
    other features.
    """
    fused = {
        passage_id: weight * max(0.0, dense.get(passage_id, 0.0)) + (1 - weight) * lexical.get(passage_id, 0.0)
        for passage_id in dense.keys() | lexical.keys()
    }
    return dict(sorted(fused.items(), key=lambda item: (-item[1], item[0])))
