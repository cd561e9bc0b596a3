# Completa o comando oficina no bash. Para valer sempre:
#   mkdir -p ~/.local/share/bash-completion/completions
#   oficina completar bash > ~/.local/share/bash-completion/completions/oficina
_oficina() {
    local linha valor descricao codigo antes="" palavras=() linhas=() so_valor=0
    read -ra palavras <<< "${COMP_LINE:0:COMP_POINT}"
    [[ ${COMP_LINE:0:COMP_POINT} == *[[:space:]] ]] && palavras+=("")
    local atual=${palavras[-1]}
    linhas=$(_OFICINA_COMPLETAR=1 "$1" "${palavras[@]:1}" 2> /dev/null)
    codigo=$?
    COMPREPLY=()
    if ((codigo == 3)); then
        compopt -o default
        return
    fi
    mapfile -t linhas <<< "$linhas"
    # O bash só troca o que vem depois do último : ou =
    [[ $atual == *[:=]* ]] && antes=${atual%"${atual##*[:=]}"}
    # % (menu-complete) e * (insert-completions) põem na linha o que se oferece: só o valor, que a
    # descrição traz o nome de alguém, e o shell o executaria.
    ((COMP_TYPE == 37 || COMP_TYPE == 42 || ${#linhas[@]} == 1)) && so_valor=1
    for linha in "${linhas[@]}"; do
        valor=${linha%%$'\t'*} descricao=${linha#*$'\t'}
        descricao=${descricao//[^[:alnum:][:space:]·,.:@%\/()-]/ }
        [[ -n $valor ]] || continue
        if ((so_valor)) || [[ -z $descricao ]]; then
            COMPREPLY+=("${valor#"$antes"}")
        elif [[ ${valor,,} == "${atual,,}"* ]]; then
            COMPREPLY+=("${valor#"$antes"} ($descricao)")
        else
            COMPREPLY+=(" " "$descricao ($valor)") # o espaço impede que se troque o nome digitado
        fi
    done
    compopt -o nosort 2> /dev/null
    [[ ${COMPREPLY[0]} == *= ]] && compopt -o nospace
}
complete -F _oficina oficina
