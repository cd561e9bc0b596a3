(() => {
  const caixas = [...document.querySelectorAll('input[name="linha"]')];
  const total = document.getElementById("total"), quais = document.getElementById("so-marcados");
  const aprovar = document.querySelector("button.aprovar");
  const somar = () => {
    const marcadas = caixas.filter((caixa) => caixa.checked);
    const centavos = marcadas.reduce((soma, caixa) => soma + Number(caixa.dataset.centavos), 0);
    total.textContent = (centavos / 100).toLocaleString("pt-BR", { style: "currency", currency: "BRL" });
    quais.textContent = marcadas.length === caixas.length ? "" : " do que está marcado";
    aprovar.disabled = marcadas.length === 0;
  };
  caixas.forEach((caixa) => caixa.addEventListener("change", somar));
})();
