-- Records that $source was collected at $now.
INSERT INTO sources VALUES ($source, $title, $priority, $now, $now)
ON CONFLICT (source) DO UPDATE SET
    title = excluded.title,
    priority = excluded.priority,
    last_collected_at = greatest(sources.last_collected_at, excluded.last_collected_at)
