(() => {
  const caixas = [...document.querySelectorAll('input[name="linha"]')];
  const quais = document.getElementById("so-marcados");
  const aprovar = document.querySelector("button.aprovar");
  const mostrar = (onde, parcelas) => {
    const centavos = parcelas.reduce((soma, caixa) => soma + Number(caixa.dataset.centavos), 0);
    const escrito = (centavos / 100).toLocaleString("pt-BR", { style: "currency", currency: "BRL" });
    document.getElementById(onde).textContent = escrito;
  };
  const somar = () => {
    const marcadas = caixas.filter((caixa) => caixa.checked);
    for (const tipo of ["servico", "peca"]) {
      mostrar(tipo, marcadas.filter((caixa) => caixa.dataset.tipo === tipo));
    }
    mostrar("total", marcadas);
    quais.textContent = marcadas.length === caixas.length ? "" : " do que está marcado";
    aprovar.disabled = marcadas.length === 0;
  };
  caixas.forEach((caixa) => caixa.addEventListener("change", somar));
  somar();
})();
