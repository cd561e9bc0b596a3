-- Roda uma vez, quando o banco nasce: oficina_migracao também cria a conta do programa.
GRANT ALL ON oficina.* TO 'oficina_migracao'@'%' WITH GRANT OPTION;
GRANT CREATE USER ON *.* TO 'oficina_migracao'@'%';
