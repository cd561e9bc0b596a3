ALTER TABLE alembic_version ADD COLUMN serve_desde TEXT;

UPDATE alembic_version SET serve_desde = '0010';
