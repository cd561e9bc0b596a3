# Completa o comando oficina no bash. Para valer sempre:
#   oficina completar bash > ~/.local/share/bash-completion/completions/oficina
_oficina() {
    local linha valor descricao codigo antes="" palavras=() linhas=()
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
    for linha in "${linhas[@]}"; do
        valor=${linha%%$'\t'*} descricao=${linha#*$'\t'}
        [[ -n $valor ]] || continue
        if ((${#linhas[@]} == 1)) || [[ -z $descricao ]]; then
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
