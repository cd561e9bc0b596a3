#compdef oficina
# Completa o comando oficina no zsh. Para valer sempre, numa pasta do fpath:
#   oficina completar zsh > ~/.zfunc/_oficina   (com fpath+=~/.zfunc antes do compinit)
_oficina() {
    local linhas linha valores=() mostras=()
    linhas=$(_OFICINA_COMPLETAR=1 ${words[1]} "${(@Q)words[2,CURRENT]}" 2> /dev/null)
    if (( $? == 3 )); then
        _files
        return
    fi
    for linha in ${(f)linhas}; do
        valores+=(${linha%%$'\t'*})
        mostras+=("${linha%%$'\t'*}  ${linha#*$'\t'}")
    done
    (( $#valores )) && compadd -U -V oficina -l -d mostras -a valores
}
compdef _oficina oficina
