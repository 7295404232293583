-- The lowest value that counted as good when a score was stored. Until now it was that of the scale.
ALTER TABLE feedback ADD COLUMN good_from DOUBLE PRECISION;
UPDATE feedback SET good_from = CASE scale
  WHEN 'csat_1_5' THEN 4
  WHEN 'csat_1_3' THEN 3
  WHEN 'csat_1_4' THEN 3
  WHEN 'csat_1_6' THEN 5
  WHEN 'csat_1_7' THEN 6
  WHEN 'csat_1_10' THEN 8
  WHEN 'score_0_100' THEN 80
  WHEN 'freshdesk' THEN 101
  WHEN 'nps_0_10' THEN 9
  WHEN 'ces_1_7' THEN 5
  WHEN 'thumbs' THEN 1
END
WHERE score IS NOT NULL;
