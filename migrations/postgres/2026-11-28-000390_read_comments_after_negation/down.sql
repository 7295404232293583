DELETE FROM jobs WHERE id = organisation_id AND kind = 'feedback.retag';
