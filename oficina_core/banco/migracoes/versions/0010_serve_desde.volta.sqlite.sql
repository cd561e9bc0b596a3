ALTER TABLE alembic_version DROP COLUMN serve_desde;
