-- A title without what only frames it: the word Addendum or Corrigendum with its number, "extension of comment period".
-- The words stand at the beginning or after a dash or bracket: elsewhere they may be part of the name of a measure.
CREATE MACRO measure_title(title) AS
regexp_replace(
    regexp_replace(
        title,
        '(^|[-–—:;(,])\s*(addend(um|a)|corrigend(um|a)|errat(um|a)|rectificatif|rectification|correcci[oó]n'
        || '|adici[oó]n|adenda)[.\s]*((no?|n[oº°])?[.\s]*\d+)?\s*((to|of|a|au|al|de|del)\s)?'
        || '\s*(the\s|la\s|el\s|l[e''’]\s?)?',
        '\1 ',
        'gi'
    ),
    '\(?\b(extension of (the )?(comment(ing)? period|period for comments?|deadline for comments?)'
    || '|(ampliaci[oó]n|pr[oó]rroga) del (plazo|per[ií]odo)( de| para)?( presentar)?( las?)?( observaciones)?'
    || '|prolongation du d[eé]lai( de pr[eé]sentation des observations)?'
    || '|G/(TBT|SPS)/N/[A-Z]+/\d+(/(Add|Corr|Rev|Suppl)\.\d+)*)\)?',
    ' ',
    'gi'
);
COMMENT ON MACRO measure_title IS 'A title without what only frames it.'; -- noqa: PRS
