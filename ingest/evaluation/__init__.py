"""How well extractions agree with gold: matching, levels of agreement, errors by class, speed."""
